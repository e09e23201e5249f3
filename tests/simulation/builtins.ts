import crypto from 'node:crypto';
import { EventEmitter } from 'node:events';
import fs from 'node:fs';
import promises from 'node:fs/promises';
import { syncBuiltinESMExports } from 'node:module';
import net from 'node:net';
import timers from 'node:timers/promises';
import { type Files, filesOf } from './files.ts';
import { simulated, type Timer } from './world.ts';

/** What a simulated timer is for the program: one that holds no process. */
type Handle = { readonly simulated: Timer; unref(): Handle; ref(): Handle };

const CALLED = [
  'open',
  'mkdir',
  'readdir',
  'stat',
  'readFile',
  'writeFile',
  'truncate',
  'rename',
  'link',
  'rm',
] as const satisfies readonly (keyof Files['promises'])[];

/**
 * Gives simulated processes the files and timers of their world in place of Node's own, and chance by its seed. Whoever is
 * not simulated notices nothing. For the whole life of this process.
 */
export function simulateBuiltins(): void {
  const theirs = (real: object, name: string, simulate: (...args: never[]) => unknown) => {
    const original: unknown = Reflect.get(real, name);
    if (typeof original !== 'function') throw new Error(`there is no ${name}`);
    const either = (...args: never[]) =>
      simulated() === null ? Reflect.apply(original, real, args) : simulate(...args);
    // `util.promisify` asks for what the original carries
    Object.defineProperties(either, Object.getOwnPropertyDescriptors(original));
    Reflect.set(real, name, either);
  };
  simulateTimers(theirs);
  simulateFiles(theirs);
  theirs(Date, 'now', () => Math.floor((simulated()?.process.machine.now() ?? Number.NaN) / 1_000));
  theirs(performance, 'now', () => (simulated()?.world.trueNow() ?? Number.NaN) / 1_000);
  theirs(Math, 'random', () => simulated()?.world.random.next());
  theirs(crypto, 'randomUUID', uuid);
  syncBuiltinESMExports();
}

type Replace = (real: object, name: string, simulate: (...args: never[]) => unknown) => void;

function simulateTimers(theirs: Replace): void {
  const set = (ring: () => void, afterMs: number, everyMs: number | null): Handle => {
    const timer = simulated()?.world.setTimer({ afterMs, everyMs, ring });
    if (timer === undefined) throw new Error('a timer of nobody');
    const handle: Handle = { simulated: timer, unref: () => handle, ref: () => handle };
    return handle;
  };
  const clear = (handle: Handle | null | undefined) => {
    if (handle) simulated()?.world.clearTimer(handle.simulated);
  };
  theirs(globalThis, 'setTimeout', (ring: () => void, ms = 0) => set(ring, ms, null));
  theirs(globalThis, 'setInterval', (ring: () => void, ms = 0) => set(ring, ms, ms));
  theirs(globalThis, 'clearTimeout', clear);
  theirs(globalThis, 'clearInterval', clear);
  theirs(timers, 'setTimeout', (ms: number, value: unknown, { signal }: { signal?: AbortSignal } = {}) => {
    return new Promise((resolve, reject) => {
      const leave = () => reject(new Error('aborted'));
      if (signal?.aborted) leave();
      signal?.addEventListener('abort', leave, { once: true });
      const ring = () => {
        signal?.removeEventListener('abort', leave);
        resolve(value);
      };
      set(ring, ms, null);
    });
  });
}

function simulateFiles(theirs: Replace): void {
  for (const name of CALLED) {
    theirs(promises, name, (...args: never[]) => Reflect.apply(files().promises[name], null, args));
  }
  theirs(fs, 'createReadStream', (path: string, options: object) => files().createReadStream(path, options));
  theirs(fs, 'createWriteStream', (path: string) => files().createWriteStream(path));
  theirs(net, 'createServer', () => new SocketServer(files()));
  theirs(net, 'createConnection', (path: string) => {
    const socket = Object.assign(new EventEmitter(), { destroy: () => {} });
    void files()
      .answers(path)
      .then((answers) => socket.emit(answers ? 'connect' : 'error'));
    return socket;
  });
}

function files(): Files {
  const here = simulated();
  if (here === null) throw new Error('files of nobody');
  return filesOf(here.world, here.process.machine);
}

/** A socket in a folder, as far as a lock needs it. */
class SocketServer extends EventEmitter {
  readonly #files: Files;

  constructor(files: Files) {
    super();
    this.#files = files;
  }

  unref(): void {}

  listen(path: string, listening: () => void): void {
    this.#files.bind(path).then(listening, (error: unknown) => this.emit('error', error));
  }

  close(closed: () => void): void {
    closed();
  }
}

function uuid(): string {
  const random = simulated()?.world.random;
  const digits = Array.from({ length: 30 }, () => random?.below(16).toString(16)).join('');
  const parts = [digits.slice(0, 8), digits.slice(8, 12), `4${digits.slice(12, 15)}`, `8${digits.slice(15, 18)}`];
  return [...parts, digits.slice(18)].join('-');
}
