import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { pbxFactMetadataSchema } from '../domain/events.ts';
import { CommslogError } from '../errors.ts';
import type { RefusedFact, RefusedFacts, RefusedState } from '../ports/refusedFacts.ts';

export type RefusedLimits = { readonly facts: number; readonly bytes: number };

/** So many facts, and so many bytes, are kept. One that is beyond is lost and counted. */
export const REFUSED_LIMITS: RefusedLimits = { facts: 10_000, bytes: 64 * 1024 * 1024 };

const ENDING = '.json';
const jsonObject = z.record(z.string(), z.json());
const factSchema = z.object({
  stream: z.string(),
  code: z.string(),
  event: z.object({ id: z.uuid(), type: z.string(), data: jsonObject, metadata: jsonObject }),
});

/**
 * The facts that the log has refused, in a folder of its own: one file a fact, called after its id, so that two processes
 * can keep and remove at once. They are facts about calls: nobody else may read them.
 */
export class RefusedFolder implements RefusedFacts {
  readonly #folder: string;
  readonly #limits: RefusedLimits;
  /** as far as is known; another process may have removed some */
  #held: RefusedLimits | null = null;
  #lost = 0;

  constructor(dataDir: string, limits: RefusedLimits = REFUSED_LIMITS) {
    this.#folder = join(dataDir, 'refused');
    this.#limits = limits;
  }

  keep({ stream, event, code }: RefusedFact): boolean {
    const text = JSON.stringify({ stream, code, event });
    const isKept = this.#write(this.#fileOf(event.id), text);
    if (!isKept) this.#lost += 1;
    return isKept;
  }

  /** A folder that cannot be read says nothing here; `read` says so. */
  state(): RefusedState {
    try {
      return { kept: this.#files().length, lost: this.#lost };
    } catch {
      return { kept: 0, lost: this.#lost };
    }
  }

  /**
   * What is kept, in the order in which each PBX said it, and how many files are no facts.
   * Errors: `DATA_DIR_UNREACHABLE` when the folder cannot be read.
   */
  read(): { readonly facts: readonly RefusedFact[]; readonly unreadable: number } {
    const files = this.#files();
    const read = files.map((name) => factIn(join(this.#folder, name))).filter((fact) => fact !== null);
    const facts = read
      .map((fact) => ({ fact, ...saidOf(fact) }))
      .sort((a, b) => a.session - b.session || a.seq - b.seq);
    return { facts: facts.map(({ fact }) => fact), unreadable: files.length - facts.length };
  }

  remove({ event }: RefusedFact): void {
    rmSync(this.#fileOf(event.id), { force: true });
  }

  #write(file: string, text: string): boolean {
    const bytes = Buffer.byteLength(text);
    try {
      const held = this.#heldBeside(bytes);
      if (held === null) return false;
      mkdirSync(this.#folder, { recursive: true, mode: 0o700 });
      writeFileSync(file, text, { mode: 0o600 });
      this.#held = { facts: held.facts + 1, bytes: held.bytes + bytes };
      return true;
    } catch {
      removeIfPossible(file);
      return false;
    }
  }

  /** What is held, if so many more bytes have room beside it. */
  #heldBeside(bytes: number): RefusedLimits | null {
    const hasRoom = (held: RefusedLimits) =>
      held.facts < this.#limits.facts && held.bytes + bytes <= this.#limits.bytes;
    if (this.#held !== null && hasRoom(this.#held)) return this.#held;
    const files = this.#files();
    const sizes = files.map((name) => statSync(join(this.#folder, name), { throwIfNoEntry: false })?.size ?? 0);
    this.#held = { facts: files.length, bytes: sizes.reduce((sum, size) => sum + size, 0) };
    return hasRoom(this.#held) ? this.#held : null;
  }

  #files(): string[] {
    try {
      return readdirSync(this.#folder).filter((name) => name.endsWith(ENDING));
    } catch (cause) {
      if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return [];
      throw new CommslogError('DATA_DIR_UNREACHABLE', 'the facts that the log has refused cannot be read', { cause });
    }
  }

  #fileOf(id: string): string {
    return join(this.#folder, `${id}${ENDING}`);
  }
}

/** Half a fact helps nobody, and may name somebody. */
function removeIfPossible(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // where nothing can be removed nothing was written
  }
}

function factIn(file: string): RefusedFact | null {
  try {
    return factSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}

function saidOf({ event }: RefusedFact): { readonly session: number; readonly seq: number } {
  return pbxFactMetadataSchema.safeParse(event.metadata).data ?? { session: 0, seq: 0 };
}
