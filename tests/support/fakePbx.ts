import { createHash } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';

export type FakeAction = ReadonlyMap<string, string>;

/** The PBX's end of one connection, for tests that say by hand what it does. */
export class FakeClient {
  readonly socket: Socket;
  received = '';
  /** it has logged in and its first Ping is answered */
  isWelcome = false;
  /** sends every byte in a write of its own */
  isTrickling = false;
  #taken = 0;
  #wake: () => void = () => {};

  constructor(socket: Socket) {
    this.socket = socket;
    socket.setNoDelay(true);
    socket.on('data', (bytes: Buffer) => {
      this.received += bytes.toString('utf8');
      this.#wake();
    });
    socket.on('close', () => this.#wake());
    socket.on('error', () => {});
  }

  send(text: string | Buffer): void {
    if (this.isTrickling) for (const byte of Buffer.from(text)) this.socket.write(Buffer.of(byte));
    else this.socket.write(text);
  }

  /** The client's next action, keys in lower case; null when it has left. */
  async action(): Promise<FakeAction | null> {
    for (;;) {
      const end = this.received.indexOf('\r\n\r\n', this.#taken);
      if (end >= 0) {
        const lines = this.received.slice(this.#taken, end).split('\r\n');
        this.#taken = end + 4;
        return new Map(lines.map((line) => [line.replace(/:.*/s, '').toLowerCase(), line.replace(/^[^:]*: ?/, '')]));
      }
      if (this.socket.destroyed) return null;
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }

  /** The client's next Ping; whatever else it asks meanwhile is refused. Null when it has left. */
  async ping(): Promise<FakeAction | null> {
    for (;;) {
      const action = await this.action();
      if (action === null || action.get('action') === 'Ping') return action;
      this.answer(action, 'Error', 'Message: Permission denied');
    }
  }

  /** Answers an action: `answer(action, 'Success', 'Ping: Pong')`. */
  answer(action: FakeAction | null, response: string, ...lines: string[]): void {
    this.send(answerText(action, response, ...lines));
  }

  /** Greets and lets the client log in as `crm` with the secret `s3cret`; returns once its first Ping is answered. */
  async welcome(): Promise<void> {
    this.send(BANNER);
    await this.logIn();
    this.answer(await this.action(), 'Success', 'Ping: Pong', `Timestamp: ${(Date.now() / 1000).toFixed(6)}`);
    this.isWelcome = true;
  }

  /** Answers challenge and login, as Asterisk does. */
  async logIn(): Promise<void> {
    this.answer(await this.action(), 'Success', `Challenge: ${CHALLENGE}`);
    const login = await this.action();
    if (login?.get('username') === 'crm' && login.get('key') === KEY) {
      this.answer(login, 'Success', 'Message: Authentication accepted');
    } else {
      this.answer(login, 'Error', 'Message: Authentication failed');
      this.socket.end();
    }
  }

  /** Answers what comes with a Pong until the client leaves. */
  async pong(): Promise<void> {
    for (let action = await this.action(); action !== null; action = await this.action()) {
      this.answer(action, 'Success', 'Ping: Pong', `Timestamp: ${(Date.now() / 1000).toFixed(6)}`);
    }
  }
}

export const BANNER = 'Asterisk Call Manager/11.0.0\r\n';
export const SECRET = 's3cret';
const CHALLENGE = '101255730';
const KEY = createHash('md5').update(`${CHALLENGE}${SECRET}`).digest('hex');

export function answerText(action: FakeAction | null, response: string, ...lines: string[]): string {
  return `${[`Response: ${response}`, `ActionID: ${action?.get('actionid')}`, ...lines].join('\r\n')}\r\n\r\n`;
}

/** An event as it stands on the wire. */
export function eventText(event: string, fields: Readonly<Record<string, string>> = {}): string {
  const lines = Object.entries(fields).map(([key, value]) => `${key}: ${value}\r\n`);
  return `Event: ${event}\r\nPrivilege: call,all\r\n${lines.join('')}\r\n`;
}

export type FakePbx = {
  readonly host: string;
  readonly port: number;
  readonly clients: readonly FakeClient[];
  close(): Promise<void>;
};

/** A server on loopback that treats its n-th client (from 0) as `serve` says. */
export async function fakePbx(
  serve: (client: FakeClient, nth: number) => unknown,
  options: { port?: number; tls?: { key: string; cert: string } } = {},
): Promise<FakePbx> {
  const clients: FakeClient[] = [];
  const sockets = new Set<Socket>();
  const server = options.tls === undefined ? createServer() : createTlsServer(options.tls);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket.on('error', () => {}));
    socket.on('close', () => sockets.delete(socket));
  });
  server.on(options.tls === undefined ? 'connection' : 'secureConnection', (socket: Socket) => {
    const client = new FakeClient(socket);
    clients.push(client);
    void serve(client, clients.length - 1);
  });
  const host = '127.0.0.1';
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, host, resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake PBX has no port');
  return {
    host,
    port: address.port,
    clients,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
