import { pause } from '../../src/retry.ts';
import { eventText, type FakeAction, type FakeClient, type FakePbx, fakePbx } from '../support/fakePbx.ts';
import type { Random } from '../support/random.ts';
import { Hearing } from './hearing.ts';
import { beginning, ending, listed, type NumberedCall, newCall, type Say } from './numberedCall.ts';

/** The field by which each frame can be told from every other. */
export const FRAME_NUMBER = 'SequenceNumber';

const TICK_MS = 50;
const MAX_TALK_MS = 3_000;
/** Asterisk cuts off whom more waits for. */
const MAX_UNSENT_BYTES = 3_000_000;
const COMMANDS = [
  'BridgeList: Get a list of bridges.  (Priv: <none>)',
  'CoreStatus: Show status.  (Priv: system,reporting,all)',
  'Status: List channel status.  (Priv: system,call,reporting,all)',
];

/**
 * A PBX with call after call, each from a caller of its own, whether anybody is connected to hear it or not. Whoever is
 * connected is sent the same in the same order; each frame of a call has a number of its own, from 1.
 */
export class FloodPbx {
  /** every call that there was */
  readonly calls: NumberedCall[] = [];
  /** when each frame was said, by its number minus one */
  readonly saidAt: number[] = [];
  readonly #random: Random;
  readonly #callsPerSecond: number;
  readonly #open = new Set<{ readonly call: NumberedCall; readonly endsAt: number }>();
  readonly #stopping = new AbortController();
  readonly #clients = new Set<FakeClient>();
  readonly #hearings: Hearing[] = [];
  #server: FakePbx | null = null;
  #counter = 1;
  #startedAt = new Date();
  #isQuiet = false;

  private constructor(random: Random, callsPerSecond: number) {
    this.#random = random;
    this.#callsPerSecond = callsPerSecond;
  }

  static async start(random: Random, callsPerSecond: number): Promise<FloodPbx> {
    const pbx = new FloodPbx(random, callsPerSecond);
    await pbx.#listen();
    void pbx.#flood();
    return pbx;
  }

  get port(): number {
    if (this.#server === null) throw new Error('the PBX is down');
    return this.#server.port;
  }

  get isHeard(): boolean {
    return this.#clients.size > 0;
  }

  /** Numbers of the frames that somebody who was connected has surely read. */
  surelyHeard(): ReadonlySet<number> {
    return new Set(this.#hearings.flatMap((hearing) => hearing.surelyHeard()));
  }

  /** Sends anything at all to whoever is connected. */
  send(bytes: string | Buffer): void {
    for (const client of this.#clients) client.send(bytes);
  }

  /** Ends every connection in good order. */
  hangUp(): void {
    for (const { socket } of this.#clients) socket.end();
    this.#clients.clear();
  }

  /** Whether it says nothing at all meanwhile, and answers nothing; calls wait. */
  set isQuiet(isQuiet: boolean) {
    this.#isQuiet = isQuiet;
  }

  /** No new calls from now on; resolves when the last one has ended. */
  async rest(): Promise<void> {
    this.#stopping.abort();
    while (this.#open.size > 0) {
      this.#hangUp();
      await pause(TICK_MS);
    }
  }

  /** Goes down without a word, with all its calls, and is back later with a counter that begins anew. */
  async restart(downMs: number): Promise<void> {
    const port = this.port;
    await this.#server?.close();
    this.#isQuiet = true;
    await pause(downMs);
    for (const { call } of this.#open) call.endedAt = Date.now();
    this.#open.clear();
    this.#counter = 1;
    this.#startedAt = new Date();
    this.#isQuiet = false;
    await this.#listen(port);
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#server?.close();
  }

  async #listen(port?: number): Promise<void> {
    this.#server = await fakePbx((client) => this.#serve(client), port === undefined ? {} : { port });
  }

  async #serve(client: FakeClient): Promise<void> {
    await client.welcome();
    if (client.socket.destroyed) return;
    const hearing = new Hearing(this.saidAt.length);
    this.#hearings.push(hearing);
    this.#clients.add(client);
    client.socket.on('close', () => {
      this.#clients.delete(client);
      hearing.end();
    });
    for (let action = await client.action(); action !== null; action = await client.action()) {
      if (action.get('action') === 'Ping') hearing.asked();
      while (this.#isQuiet && !client.socket.destroyed) await pause(TICK_MS);
      this.#answer(client, action);
      if (action.get('action') === 'Ping') hearing.answered(this.saidAt.length);
    }
  }

  #answer(client: FakeClient, action: FakeAction): void {
    const name = action.get('action');
    if (name === 'Ping') client.answer(action, 'Success', 'Ping: Pong', `Timestamp: ${(Date.now() / 1000).toFixed(6)}`);
    else if (name === 'ListCommands') client.answer(action, 'Success', ...COMMANDS);
    else if (name === 'CoreStatus') client.answer(action, 'Success', ...startLines(this.#startedAt));
    else if (name === 'Status') this.#list(client, action);
    else client.answer(action, 'Error', 'Message: Permission denied');
  }

  #list(client: FakeClient, action: FakeAction): void {
    const id = { ActionID: action.get('actionid') ?? '' };
    const items = [...this.#open].flatMap(({ call }) => listed(call));
    client.answer(action, 'Success', 'EventList: start', 'Message: Channel status will follow');
    for (const item of items) client.send(eventText('Status', { ...id, ...item }));
    client.send(eventText('StatusComplete', { ...id, EventList: 'Complete', ListItems: String(items.length) }));
  }

  readonly #say: Say = (event, fields) => {
    this.saidAt.push(Date.now());
    return eventText(event, { ...fields, [FRAME_NUMBER]: String(this.saidAt.length) });
  };

  async #flood(): Promise<void> {
    let due = 0;
    while (!this.#stopping.signal.aborted) {
      due += this.#isQuiet ? 0 : (this.#callsPerSecond * TICK_MS) / 1_000;
      for (; due >= 1; due -= 1) this.#call();
      if (!this.#isQuiet) this.#hangUp();
      for (const { socket } of this.#clients) if (socket.writableLength > MAX_UNSENT_BYTES) socket.resetAndDestroy();
      await pause(TICK_MS, this.#stopping.signal);
    }
  }

  #call(): void {
    const call = newCall(this.calls.length, this.#counter);
    this.#counter += 2;
    this.calls.push(call);
    this.#open.add({ call, endsAt: Date.now() + this.#random.below(MAX_TALK_MS) });
    this.send(beginning(call, this.#say));
  }

  #hangUp(): void {
    for (const open of this.#open) {
      if (open.endsAt > Date.now()) continue;
      this.#open.delete(open);
      open.call.endedAt = Date.now();
      this.send(ending(open.call, this.#say));
    }
  }
}

function startLines(startedAt: Date): readonly string[] {
  const [date = '', time = ''] = startedAt.toISOString().slice(0, 19).split('T');
  return [`CoreStartupDate: ${date}`, `CoreStartupTime: ${time}`];
}
