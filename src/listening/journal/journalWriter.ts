import { truncate } from 'node:fs/promises';
import type { Logger } from 'pino';
import { nameOf, policyOf } from '../../errorPolicy.ts';
import { createBackoff, pause } from '../../retry.ts';
import type { MemoryShare } from '../memoryBudget.ts';
import { JournalFile } from './journalFile.ts';
import { fileOf, type JournalPosition } from './segments.ts';

const RETRIES = { minMs: 100, maxMs: 5_000 };

export type WriterOptions = {
  readonly folder: string;
  readonly logger: Logger;
  /** where what waits to be written is kept */
  readonly memory: MemoryShare;
  /** a file is left for the next one when it is so large; whole files are what is given back to the disk */
  readonly segmentBytes: number;
  /** whatever is before this position is safe now */
  readonly onSafe: (end: JournalPosition) => void;
};

type Unwritten = { readonly line: Buffer; readonly written: () => void };

/**
 * Lines → disk. All that arrives while the disk is busy is written and synced together. A write that fails is made again
 * in the next file: what the disk kept of it is unknown, and after a failed sync it may lie.
 */
export class JournalWriter {
  readonly #options: WriterOptions;
  #file: JournalFile;
  readonly #lines: Unwritten[] = [];
  #failing: string | null = null;
  #isClosing = false;
  #wake: () => void = () => {};
  readonly #done: Promise<void>;

  private constructor(options: WriterOptions, file: JournalFile) {
    this.#options = options;
    this.#file = file;
    this.#done = this.#run();
  }

  static async open(options: WriterOptions, segment: number): Promise<JournalWriter> {
    return new JournalWriter(options, await JournalFile.create(options.folder, segment));
  }

  /** Null: the disk takes what is written; else the name of what it says. */
  failing(): string | null {
    return this.#failing;
  }

  /** Resolves when the line is safe. */
  write(line: Buffer): Promise<void> {
    this.#options.memory.hold(1, line.length);
    return new Promise((written) => {
      this.#lines.push({ line, written });
      this.#wake();
    });
  }

  /** Writes what waits, as long as the disk takes it. Returns how many lines it did not take. */
  async close(): Promise<number> {
    this.#isClosing = true;
    this.#wake();
    await this.#done;
    await this.#file.close();
    return this.#lines.length;
  }

  async #run(): Promise<void> {
    const waits = createBackoff(RETRIES);
    for (;;) {
      if (this.#lines.length > 0) {
        const failed = await this.#tryToWrite([...this.#lines]);
        if (failed && this.#isClosing) return;
        if (failed) await pause(waits.next());
        else waits.reset();
      } else if (this.#isClosing) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          this.#wake = resolve;
        });
      }
    }
  }

  async #tryToWrite(batch: readonly Unwritten[]): Promise<boolean> {
    try {
      if (this.#failing !== null || this.#file.end().offset >= this.#options.segmentBytes) await this.#nextFile();
      await this.#file.write(batch.map(({ line }) => line));
    } catch (error) {
      this.#fails(error);
      return true;
    }
    if (this.#failing !== null) this.#options.logger.info('the journal can be written again');
    this.#failing = null;
    this.#lines.splice(0, batch.length);
    this.#options.onSafe(this.#file.end());
    for (const { line, written } of batch) {
      this.#options.memory.release(1, line.length);
      written();
    }
    return false;
  }

  async #nextFile(): Promise<void> {
    const { segment, offset } = this.#file.end();
    await this.#file.close().catch(() => {});
    if (this.#failing !== null) await truncate(fileOf(this.#options.folder, segment), offset).catch(() => {});
    this.#file = await JournalFile.create(this.#options.folder, segment + 1);
    this.#options.onSafe(this.#file.end());
  }

  #fails(error: unknown): void {
    const code = error instanceof Error && 'code' in error ? String(error.code) : nameOf(error);
    if (this.#failing !== code) {
      const text = 'the journal cannot be written: the PBX is not read until it can';
      this.#options.logger.error({ error: code, policy: policyOf(error) }, text);
    }
    this.#failing = code;
  }
}
