import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Micros } from '../domain/time.ts';

const schema = z.object({
  format: z.literal(1),
  /** the latest; the id of its `PbxConnected` */
  connection: z.uuid(),
  /** all that was said until then has been heard and kept */
  at: z.int().transform((value) => value as Micros),
  /** its end is heard */
  isOver: z.boolean(),
  /** the newest channel that was heard of, of each system by whose name the PBX calls itself */
  newestUniqueids: z.array(z.string()),
  /** when the PBX was started, as it said it */
  startedAt: z.string().nullable(),
});

/** What the next process has to know of the hearing of a PBX, should this one be killed. */
export type Proof = Omit<z.infer<typeof schema>, 'format'>;

const NAME = 'heard.json';

/** The file of the latest proof. It may be older than the truth: then a gap is told longer than it was. */
export class ProofFile {
  readonly #folder: string;
  #next: { readonly proof: Proof; readonly safe: Promise<void> } | null = null;
  #writing: Promise<void> | null = null;

  /** In a folder that no other process uses. */
  constructor(folder: string) {
    this.#folder = folder;
  }

  /** What an earlier process has written last. Null: nothing, or it is not as it was written. */
  async read(): Promise<Proof | null> {
    try {
      const { format: _, ...proof } = schema.parse(JSON.parse(await readFile(join(this.#folder, NAME), 'utf8')));
      return proof;
    } catch {
      return null;
    }
  }

  /** Writes it once what was heard until then is `safe`, unless a later one comes before it is its turn. */
  note(proof: Proof, safe: Promise<void>): void {
    this.#next = { proof, safe };
    this.#writing ??= this.#writeAll();
  }

  /** Resolves when the last one is written, or could not be. */
  async written(): Promise<void> {
    await this.#writing;
  }

  async #writeAll(): Promise<void> {
    while (this.#next !== null) {
      const { proof, safe } = this.#next;
      this.#next = null;
      await safe;
      await this.#write(proof).catch(() => {});
    }
    this.#writing = null;
  }

  async #write(proof: Proof): Promise<void> {
    const file = join(this.#folder, NAME);
    await writeFile(`${file}.new`, JSON.stringify({ format: 1, ...proof } satisfies z.input<typeof schema>), {
      mode: 0o600,
    });
    await rename(`${file}.new`, file);
  }
}
