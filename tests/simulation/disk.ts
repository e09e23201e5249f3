import type { Random } from '../support/random.ts';
import type { Process } from './world.ts';

const NOTHING = Buffer.alloc(0);

/** A file: what is read of it now, and what a power cut leaves at least. */
type Inode = { bytes: Buffer; durable: Buffer; socketOf: Process | null };

/** A disk as POSIX promises it: what was not synced may be lost in a power cut, wholly or from any byte on, names too. */
export class Disk {
  #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();
  isFull = false;

  names(folder: string): string[] {
    const inside = (path: string) => path.slice(0, path.lastIndexOf('/')) === folder;
    return [...this.#names.keys()].filter(inside).map((path) => path.slice(folder.length + 1));
  }

  create(path: string): void {
    if (!this.#names.has(path)) this.#names.set(path, { bytes: NOTHING, durable: NOTHING, socketOf: null });
  }

  /** Errors: `ENOENT`. */
  read(path: string): Buffer {
    return this.#inode(path).bytes;
  }

  size(path: string): number {
    return this.#inode(path).bytes.length;
  }

  append(path: string, bytes: Buffer): void {
    const inode = this.#inode(path);
    inode.bytes = Buffer.concat([inode.bytes, bytes]);
  }

  truncate(path: string, length: number): void {
    const inode = this.#inode(path);
    inode.bytes = inode.bytes.subarray(0, length);
  }

  sync(path: string): void {
    const inode = this.#inode(path);
    inode.durable = inode.bytes;
  }

  syncFolder(folder: string): void {
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (path.slice(0, path.lastIndexOf('/')) === folder) this.#settleName(path);
    }
  }

  /** Errors: `ENOENT`, `EEXIST`. */
  link(from: string, to: string): void {
    if (this.#names.has(to)) throw errno('EEXIST');
    this.#names.set(to, this.#inode(from));
  }

  rename(from: string, to: string): void {
    this.#names.set(to, this.#inode(from));
    this.#names.delete(from);
  }

  remove(path: string): void {
    this.#names.delete(path);
  }

  /** A socket that answers as long as its process lives. */
  bind(path: string, process: Process): void {
    this.create(path);
    this.#inode(path).socketOf = process;
  }

  answers(path: string): boolean {
    return this.#names.get(path)?.socketOf?.isAlive === true;
  }

  /** Of what was not synced, chance says what is there afterwards. */
  powerCut(random: Random): void {
    for (const path of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      if (random.chance(0.5)) this.#settleName(path);
    }
    this.#names = new Map(this.#durableNames);
    for (const inode of new Set(this.#names.values())) {
      inode.bytes = random.chance(0.5) ? inode.durable : torn(inode, random);
      inode.durable = inode.bytes;
    }
  }

  #settleName(path: string): void {
    const inode = this.#names.get(path);
    if (inode === undefined) this.#durableNames.delete(path);
    else this.#durableNames.set(path, inode);
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (inode === undefined) throw errno('ENOENT');
    return inode;
  }
}

/** What was written came to the disk up to any byte, and what was not may be there as zeros. */
function torn({ bytes, durable }: Inode, random: Random): Buffer {
  if (bytes.length <= durable.length) return bytes;
  const end = durable.length + random.below(bytes.length - durable.length + 1);
  const zeros = Buffer.alloc(random.below(bytes.length - end + 1));
  return Buffer.concat([bytes.subarray(0, end), zeros]);
}

export function errno(code: string): Error {
  return Object.assign(new Error(code), { code });
}
