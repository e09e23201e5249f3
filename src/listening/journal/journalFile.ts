import { type FileHandle, open } from 'node:fs/promises';
import { syncFolder } from '../../dataFolder.ts';
import { HEADER } from './line.ts';
import { fileOf, type JournalPosition } from './segments.ts';

/** The newest file of a journal, which alone is written to. What `write` resolved for survives a power cut. */
export class JournalFile {
  readonly #segment: number;
  readonly #handle: FileHandle;
  #bytes = 0;

  private constructor(segment: number, handle: FileHandle) {
    this.#segment = segment;
    this.#handle = handle;
  }

  /** Makes the file; an empty one that is there already is taken. The folder is synced, so that its name survives too. */
  static async create(folder: string, segment: number): Promise<JournalFile> {
    const handle = await open(fileOf(folder, segment), 'a', 0o600);
    await syncFolder(folder);
    return new JournalFile(segment, handle);
  }

  /** Where the next line begins. */
  end(): JournalPosition {
    return { segment: this.#segment, offset: this.#bytes };
  }

  async write(lines: readonly Buffer[]): Promise<void> {
    const all = this.#bytes === 0 ? [HEADER, ...lines] : [...lines];
    const bytes = all.reduce((sum, line) => sum + line.length, 0);
    const { bytesWritten } = await this.#handle.writev(all);
    if (bytesWritten !== bytes) throw Object.assign(new Error('a part was written'), { code: 'ENOSPC' });
    await this.#handle.datasync();
    this.#bytes += bytes;
  }

  close(): Promise<void> {
    return this.#handle.close();
  }
}
