import { mkdir, rm } from 'node:fs/promises';
import type { Logger } from 'pino';
import type { JsonObject } from '../../domain/events.ts';
import { type FolderLock, lockFolder } from '../../folderLock.ts';
import { MAX_UNWRITTEN, MemoryBudget, type MemoryShare } from '../memoryBudget.ts';
import { setAside } from './damage.ts';
import { type Found, whatIsThere } from './found.ts';
import { JournalWriter } from './journalWriter.ts';
import { lastLeft } from './left.ts';
import { type Numbered, toLine } from './line.ts';
import { type Released, writeReleased } from './released.ts';
import { compare, fileOf, type JournalPosition, stretches } from './segments.ts';

export const DEFAULT_JOURNAL_BYTES = 4 * 1024 ** 3;
const SEGMENT_BYTES = 64 * 1024 ** 2;
/** Of the bound: it is said that the journal fills. */
const NEARLY_FULL = 0.9;
const RELEASE_EVERY_MS = 1_000;

export type JournalOptions = {
  /** its own folder; made when it is missing */
  readonly folder: string;
  readonly logger: Logger;
  readonly maxBytes?: number;
  readonly segmentBytes?: number;
  /** where what the disk does not have yet is kept; default: all that the journals of a process may take */
  readonly memory?: MemoryShare;
};

export type JournalState = {
  /** that are not yet released */
  readonly records: number;
  /** on disk and not yet released */
  readonly bytes: number;
  readonly maxBytes: number;
  readonly isFull: boolean;
  /** null: the disk takes what is written; else the name of what it says */
  readonly failing: string | null;
  /** stretches that were no records, set aside since the start */
  readonly damaged: number;
};

/** A record that is safe on disk, and where it stands. It is kept until a position behind it is released. */
export type Kept = Numbered & { readonly at: JournalPosition; readonly end: JournalPosition };

/**
 * Records on local disk, in order, each until it is released: what `append` has resolved for survives a kill and a power
 * cut. One process, one reader.
 */
export class Journal {
  readonly folder: string;
  readonly #logger: Logger;
  readonly #memory: MemoryShare;
  readonly #maxBytes: number;
  /** of every file, the oldest first, the bytes that are safe */
  readonly #safe: Map<number, number>;
  readonly #writer: JournalWriter;
  #number: number;
  #released: Released;
  #damaged = 0;
  /** what is damaged before is set aside */
  #damageUntil: JournalPosition | null = null;
  #isWarned = false;
  readonly #waiting = new Set<() => void>();
  #releaseTimer: NodeJS.Timeout | null = null;
  #hasEnded = false;
  #isClosed = false;
  readonly #lock: FolderLock;

  private constructor(options: JournalOptions, found: Found, parts: Parts) {
    const { writer, onSafe, lock, memory } = parts;
    this.#memory = memory;
    this.folder = options.folder;
    this.#logger = options.logger;
    this.#maxBytes = options.maxBytes ?? DEFAULT_JOURNAL_BYTES;
    this.#safe = found.safe;
    this.#number = found.number;
    this.#released = found.released;
    this.#writer = writer;
    this.#lock = lock;
    onSafe.call = ({ segment, offset }) => {
      this.#safe.set(segment, offset);
      this.#warn();
      this.#changed();
    };
  }

  /**
   * Opens the journal of a folder, with what an earlier process left in it.
   * Errors: `DATA_DIR_IN_USE`, `SCHEMA_TOO_NEW`, those of the file system.
   */
  static async open(options: JournalOptions): Promise<Journal> {
    const { folder } = options;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const lock = await lockFolder(folder, 'another process uses the journal of this DATA_DIR: stop it first');
    try {
      return await Journal.#openLocked(options, lock);
    } catch (error) {
      await lock.release();
      throw error;
    }
  }

  static async #openLocked(options: JournalOptions, lock: FolderLock): Promise<Journal> {
    const { folder, logger, segmentBytes = SEGMENT_BYTES } = options;
    const found = await whatIsThere(folder, logger);
    const newest = [...found.safe.keys()].at(-1) ?? found.released.upTo.segment;
    const onSafe: OnSafe = { call: () => {} };
    const { memory = new MemoryBudget(1, MAX_UNWRITTEN).share() } = options;
    const writing = { folder, logger, segmentBytes, memory, onSafe: (end: JournalPosition) => onSafe.call(end) };
    const writer = await JournalWriter.open(writing, newest + 1);
    found.safe.set(newest + 1, 0);
    return new Journal(options, found, { writer, onSafe, lock, memory });
  }

  state(): JournalState {
    const bytes = this.#bytes();
    const isFull = bytes >= this.#maxBytes;
    const failing = this.#writer.failing();
    const records = this.#number - this.#released.number;
    return { records, bytes, maxBytes: this.#maxBytes, isFull, failing, damaged: this.#damaged };
  }

  /** Resolves when the record is safe. Ask for `room` before the next one. */
  append(record: JsonObject): Promise<void> {
    const line = toLine({ number: this.#number, record });
    this.#number += 1;
    return this.#writer.write(line);
  }

  /** Resolves when there is room for more, on the disk within the bound, and in memory; also when `signal` aborts. */
  async room(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      if (this.#bytes() >= this.#maxBytes) await this.#change(signal);
      else if (!this.#memory.hasRoom()) await this.#memory.room(signal);
      else return;
    }
  }

  /** All that is not released, then what comes, in order, each record once. Ends when `signal` aborts or all is read. */
  async *read(signal: AbortSignal): AsyncGenerator<Kept> {
    let { upTo: next, number } = this.#released;
    while (!signal.aborted) {
      const [segment, safe] = this.#fileAt(next);
      if (segment === undefined || safe === undefined) {
        if (this.#hasEnded) return;
        await this.#change(signal);
        continue;
      }
      const from = segment === next.segment ? next : { segment, offset: 0 };
      for await (const stretch of stretches(this.folder, from, safe)) {
        next = stretch.end;
        if (stretch.kind === 'damage') await this.#setAside(stretch);
        // written again after a failure
        else if (stretch.kind === 'record' && stretch.number >= number) {
          number = stretch.number + 1;
          yield stretch;
        }
        if (signal.aborted) return;
      }
    }
  }

  /** What is safe now from a position on, in order, each record once; to look ahead of who reads. */
  async *peek(from: JournalPosition): AsyncGenerator<Kept> {
    let number = 0;
    for (const [segment, safe] of [...this.#safe]) {
      if (segment < from.segment) continue;
      const offset = segment === from.segment ? from.offset : 0;
      for await (const stretch of stretches(this.folder, { segment, offset }, safe)) {
        // damage is set aside by whoever reads
        if (stretch.kind !== 'record' || stretch.number < number) continue;
        number = stretch.number + 1;
        yield stretch;
      }
    }
  }

  /** The last records that an earlier process left here, `maxBytes` of them; to be read before any is released. */
  left(maxBytes: number): AsyncGenerator<Numbered> {
    return lastLeft(this.folder, this.#safe, this.#released, maxBytes);
  }

  /** What stands before `upTo` is stored elsewhere; `number` is that of the next record. */
  release(upTo: JournalPosition, number: number): void {
    // another process may have the folder by now; it finds in the log what this one could not release
    if (this.#isClosed || number <= this.#released.number) return;
    this.#released = { upTo, number };
    for (const segment of this.#safe.keys()) {
      if (segment >= upTo.segment) break;
      this.#safe.delete(segment);
      void rm(fileOf(this.folder, segment), { force: true }).catch(() => {});
    }
    this.#releaseTimer ??= setTimeout(() => void this.#writeReleased(), RELEASE_EVERY_MS);
    this.#changed();
  }

  /** Nothing more comes. Writes what waits, as long as the disk takes it; returns how many records it did not take. */
  async end(): Promise<number> {
    const untaken = await this.#writer.close();
    this.#hasEnded = true;
    this.#changed();
    return untaken;
  }

  /** After `end`, when nobody reads any more. What is released later is not. */
  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#releaseTimer !== null) await this.#writeReleased();
    await this.#lock.release();
  }

  /** The first file that has something behind `from`. */
  #fileAt(from: JournalPosition): readonly [segment?: number, safe?: number] {
    for (const [segment, safe] of this.#safe) {
      if (compare({ segment, offset: safe }, from) > 0 && safe > 0) return [segment, safe];
    }
    return [];
  }

  #bytes(): number {
    const { segment: first, offset } = this.#released.upTo;
    let bytes = 0;
    for (const [segment, safe] of this.#safe) bytes += segment === first ? safe - offset : safe;
    return bytes;
  }

  async #setAside(damage: { readonly at: JournalPosition; readonly end: JournalPosition }): Promise<void> {
    const { at, end } = damage;
    // it is read again where storing begins anew
    if (this.#damageUntil !== null && compare(end, this.#damageUntil) <= 0) return;
    this.#damageUntil = end;
    this.#damaged += 1;
    const where = { segment: at.segment, offset: at.offset, bytes: end.offset - at.offset };
    this.#logger.error(where, 'a part of the journal is damaged: it is set aside, the rest goes on');
    await setAside(this.folder, damage);
  }

  async #writeReleased(): Promise<void> {
    if (this.#releaseTimer !== null) clearTimeout(this.#releaseTimer);
    this.#releaseTimer = null;
    // an older one only means that more is read again
    await writeReleased(this.folder, this.#released).catch(() => {});
  }

  /** Says once that it fills, and again when it has been half empty in between. */
  #warn(): void {
    const filled = this.#bytes() / this.#maxBytes;
    if (filled < 0.5) this.#isWarned = false;
    if (filled < NEARLY_FULL || this.#isWarned) return;
    this.#isWarned = true;
    this.#logger.warn(
      { maxBytes: this.#maxBytes },
      'the journal is nearly full: when it is, the PBX is not read any more',
    );
  }

  #change(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const settle = () => {
        this.#waiting.delete(settle);
        signal.removeEventListener('abort', settle);
        resolve();
      };
      this.#waiting.add(settle);
      signal.addEventListener('abort', settle);
    });
  }

  #changed(): void {
    for (const settle of [...this.#waiting]) settle();
  }
}

type OnSafe = { call(end: JournalPosition): void };

type Parts = {
  readonly writer: JournalWriter;
  readonly onSafe: OnSafe;
  readonly lock: FolderLock;
  readonly memory: MemoryShare;
};
