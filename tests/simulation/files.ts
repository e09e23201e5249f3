import { Writable } from 'node:stream';
import { errno } from './disk.ts';
import type { Machine } from './machine.ts';
import { simulated, type World } from './world.ts';

/** How often an operation of the disk fails, of those that write. */
const FAILS = 0.004;

/** What the program calls of `node:fs` and `node:fs/promises`, on the disk of a simulated machine. */
export function filesOf(world: World, { disk }: Machine) {
  const reading = <T>(what: string, work: () => T): Promise<T> => world.call(what, work);

  /** Names and sizes change at once or not at all. */
  const changing = <T>(what: string, work: () => T): Promise<T> =>
    world.call(
      what,
      () => {
        if (world.fails(FAILS)) throw errno('EIO');
        return work();
      },
      {
        abandon: () => {
          if (world.random.chance(0.5)) attempt(work);
        },
      },
    );

  /** Bytes may come to the disk in part, also when it says that they did not. */
  const writing = (path: string, bytes: Buffer): Promise<number> => {
    const part = () => {
      disk.append(path, bytes.subarray(0, world.random.below(bytes.length + 1)));
    };
    return world.call(
      'write',
      () => {
        if (disk.isFull || world.fails(FAILS)) {
          part();
          throw errno('ENOSPC');
        }
        disk.append(path, bytes);
        return bytes.length;
      },
      { abandon: () => attempt(part) },
    );
  };

  const open = async (path: string, flags = 'r') => {
    await changing('open', () => {
      if (flags === 'r') return;
      if (disk.isFull) throw errno('ENOSPC');
      disk.create(path);
    });
    return {
      writev: async (parts: readonly Buffer[]) => ({ bytesWritten: await writing(path, Buffer.concat(parts)) }),
      datasync: () => changing('sync', () => disk.sync(path)),
      sync: () => changing('sync of the folder', () => disk.syncFolder(path)),
      close: () => reading('close', () => undefined),
    };
  };

  async function* pieces(path: string, { start = 0, end = Number.POSITIVE_INFINITY, highWaterMark = 65_536 }) {
    for (let at = start; at <= end; at += highWaterMark) {
      const until = Math.min(end + 1, at + highWaterMark);
      const piece = await reading('read', () => disk.read(path).subarray(at, until));
      if (piece.length === 0) return;
      yield piece;
    }
  }

  return {
    promises: {
      open,
      mkdir: () => changing('mkdir', () => undefined),
      readdir: (folder: string) => reading('readdir', () => disk.names(folder)),
      stat: (path: string) => reading('stat', () => ({ size: disk.size(path) })),
      readFile: (path: string) => reading('read', () => disk.read(path).toString()),
      writeFile: async (path: string, text: string) => {
        await changing('create', () => {
          disk.create(path);
          disk.truncate(path, 0);
        });
        await writing(path, Buffer.from(text));
      },
      truncate: (path: string, length: number) => changing('truncate', () => disk.truncate(path, length)),
      rename: (from: string, to: string) => changing('rename', () => disk.rename(from, to)),
      link: (from: string, to: string) => changing('link', () => disk.link(from, to)),
      rm: (path: string) => changing('rm', () => disk.remove(path)),
    },
    createReadStream: (path: string, options = {}) => pieces(path, options),
    createWriteStream: (path: string) =>
      new Writable({
        construct: (done) => void changing('create', () => disk.create(path)).then(() => done(), done),
        write: (bytes: Buffer, _, done) => void writing(path, bytes).then(() => done(), done),
      }),
    /** Binds a socket in a folder to the process that asks. */
    bind: (path: string) =>
      changing('bind', () => undefined).then(() => {
        const process = simulated()?.process;
        if (process !== undefined) disk.bind(path, process);
      }),
    answers: (path: string) => reading('connect', () => disk.answers(path)),
  };
}

export type Files = ReturnType<typeof filesOf>;

function attempt(work: () => unknown): void {
  try {
    work();
  } catch {
    // the process that would have heard of it is dead
  }
}
