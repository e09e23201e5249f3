import { createHash, randomInt } from 'node:crypto';
import type { Socket } from 'node:net';
import type { Clock } from '../../../ports/clock.ts';

type Account = { readonly username: string; readonly secret: string };
type Action = ReadonlyMap<string, string>;

/** What a client may send without a blank line. */
const MAX_ACTION_BYTES = 64 * 1024;

/** Asterisk lets about so much wait for a client that does not read, then cuts it off, in the middle of a message. */
const MAX_UNSENT_BYTES = 3 * 1024 * 1024;

/** Actions that a PBX knows but refuses to an account that has no `write` permission. */
const NEEDS_PERMISSION = new Set([
  'status',
  'coreshowchannels',
  'corestatus',
  'getvar',
  'originate',
  'command',
  'filter',
]);

/** One client of the replaying server: greets it, answers it as Asterisk does, sends it events. */
export class ReplayClient {
  readonly #socket: Socket;
  readonly #account: Account;
  readonly #clock: Clock;
  readonly #onLogin: () => void;
  #challenge: string | null = null;
  #hasLoggedIn = false;
  #input = '';

  constructor(socket: Socket, account: Account, clock: Clock, onLogin: () => void) {
    this.#socket = socket;
    this.#account = account;
    this.#clock = clock;
    this.#onLogin = onLogin;
    socket.setNoDelay(true);
    socket.setEncoding('utf8');
    socket.on('data', (text: string) => this.#take(text));
    socket.on('error', () => socket.destroy());
    socket.write('Asterisk Call Manager/11.0.0\r\n');
  }

  /** Sends events, their bytes as Latin-1. */
  send(events: string): void {
    this.#socket.write(events, 'latin1');
    if (this.#socket.writableLength > MAX_UNSENT_BYTES) this.#socket.destroy();
  }

  /** Resolves when everything was handed to the system, or the client is gone. */
  async drained(): Promise<void> {
    const socket = this.#socket;
    if (socket.destroyed || !socket.writableNeedDrain) return;
    await new Promise<void>((resolve) => {
      const done = () => {
        socket.off('drain', done).off('close', done);
        resolve();
      };
      socket.on('drain', done).on('close', done);
    });
  }

  #take(text: string): void {
    this.#input += text;
    const actions = this.#input.split(/\r?\n\r?\n/);
    this.#input = actions.pop() ?? '';
    for (const action of actions) this.#answer(fieldsOf(action));
    if (this.#input.length > MAX_ACTION_BYTES) this.#socket.destroy();
  }

  #answer(action: Action): void {
    const name = action.get('action') ?? '';
    const known = name.toLowerCase();
    if (name === '') this.#refuse(action, 'Missing action in request');
    else if (known === 'challenge') this.#giveChallenge(action);
    else if (known === 'login') this.#logIn(action);
    else if (known === 'logoff') this.#logOff(action);
    else if (!this.#hasLoggedIn || NEEDS_PERMISSION.has(known)) this.#refuse(action, 'Permission denied');
    else if (known === 'ping') this.#reply(action, 'Success', 'Ping: Pong', `Timestamp: ${this.#seconds()}`);
    else {
      const help = 'Use Action: ListCommands to show available commands.';
      this.#refuse(action, `Invalid/unknown command: ${name}. ${help}`);
    }
  }

  #giveChallenge(action: Action): void {
    if (!usesMd5(action)) {
      this.#refuse(action, 'Must specify AuthType');
      return;
    }
    this.#challenge = String(randomInt(100_000_000, 1_000_000_000));
    this.#reply(action, 'Success', `Challenge: ${this.#challenge}`);
  }

  #logIn(action: Action): void {
    if (!this.#isProven(action)) {
      this.#refuse(action, 'Authentication failed');
      this.#socket.end();
      return;
    }
    this.#reply(action, 'Success', 'Message: Authentication accepted');
    this.#hasLoggedIn = true;
    this.#onLogin();
  }

  #isProven(login: Action): boolean {
    const { username, secret } = this.#account;
    if (login.get('username') !== username) return false;
    if (!usesMd5(login)) return login.get('secret') === secret;
    if (this.#challenge === null) return false;
    return login.get('key') === createHash('md5').update(`${this.#challenge}${secret}`).digest('hex');
  }

  #logOff(action: Action): void {
    this.#reply(action, 'Goodbye', 'Message: Thanks for all the fish.');
    this.#socket.end();
  }

  #refuse(action: Action, why: string): void {
    this.#reply(action, 'Error', `Message: ${why}`);
  }

  #reply(action: Action, response: string, ...lines: string[]): void {
    const id = action.get('actionid');
    const all = [`Response: ${response}`, ...(id === undefined ? [] : [`ActionID: ${id}`]), ...lines];
    this.#socket.write(`${all.join('\r\n')}\r\n\r\n`);
  }

  #seconds(): string {
    return (this.#clock.now() / 1_000_000).toFixed(6);
  }
}

const usesMd5 = (action: Action) => action.get('authtype')?.toUpperCase() === 'MD5';

function fieldsOf(action: string): Action {
  const fields = new Map<string, string>();
  for (const line of action.split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) fields.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
  return fields;
}
