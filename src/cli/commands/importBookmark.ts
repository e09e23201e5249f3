import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { writeOwn } from '../../ownFile.ts';
import { dataDirOf } from '../opening/dataDir.ts';

const bookmarkSchema = z.object({ key: z.string() });

export type ImportBookmark = {
  /** where an interrupted import of the same records is to go on; null: from the beginning */
  read(): string | null;
  write(key: string): void;
  clear(): void;
};

/** Remembers in the data folder how far an import has got. What is imported is told by a hash: a URL holds a password. */
export function importBookmark(config: Config, what: Readonly<Record<string, unknown>>): ImportBookmark {
  const folder = join(dataDirOf(config), 'imports');
  const hash = createHash('sha256').update(JSON.stringify(what)).digest('hex').slice(0, 16);
  const file = join(folder, `${hash}.json`);
  return {
    read() {
      try {
        return bookmarkSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).key;
      } catch {
        return null;
      }
    },
    write(key) {
      mkdirSync(folder, { recursive: true, mode: 0o700 });
      writeOwn(file, JSON.stringify({ key }));
    },
    clear() {
      rmSync(file, { force: true });
    },
  };
}
