import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** A network between the program and a server on loopback that can be cut, and that can hold what is under way. */
export class Network {
  readonly #target: () => number;
  readonly #pairs = new Set<readonly [Socket, Socket]>();
  #server: Server | null = null;
  #port = 0;
  #isHeld = false;

  /** `target` is the port behind it. */
  constructor(target: () => number) {
    this.#target = target;
  }

  get port(): number {
    return this.#port;
  }

  get isUp(): boolean {
    return this.#server !== null;
  }

  async up(): Promise<void> {
    const server = createServer({ noDelay: true }, (client) => this.#join(client));
    server.listen(this.#port, '127.0.0.1');
    await once(server, 'listening');
    this.#port = (server.address() as AddressInfo).port;
    this.#server = server;
  }

  /** Every connection is reset, and nobody gets through until `up`. */
  async down(): Promise<void> {
    for (const [client, server] of this.#pairs) {
      client.resetAndDestroy();
      server.destroy();
    }
    const closed = new Promise((resolve) => this.#server?.close(resolve) ?? resolve(null));
    this.#server = null;
    await closed;
  }

  /** Nothing gets through in either direction, and nothing is lost. */
  hold(): void {
    this.#isHeld = true;
    for (const pair of this.#pairs) for (const socket of pair) socket.pause();
  }

  release(): void {
    this.#isHeld = false;
    for (const pair of this.#pairs) for (const socket of pair) socket.resume();
  }

  #join(client: Socket): void {
    const server = connect({ host: '127.0.0.1', port: this.#target(), noDelay: true });
    const pair = [client, server] as const;
    this.#pairs.add(pair);
    for (const [from, to] of [pair, [server, client]] as const) {
      from.on('data', (bytes) => {
        if (to.write(bytes) || this.#isHeld) return;
        from.pause();
        to.once('drain', () => this.#isHeld || from.resume());
      });
      from.on('end', () => to.end());
      from.on('error', () => {});
      from.on('close', () => {
        to.destroy();
        this.#pairs.delete(pair);
      });
      if (this.#isHeld) from.pause();
    }
  }
}
