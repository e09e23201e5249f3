import { type Kysely, sql } from 'kysely';
import { Directory } from '../../domain/directory/directory.ts';
import { directoryDataOf } from '../../domain/directory/fold.ts';
import type { VersionTables } from '../tables/schema.ts';
import type { ActiveVersion } from './activeVersion.ts';

/** Reads the directory of a version; as long as nothing of it changes only a mark is read. */
export function createDirectoryReader(): (active: ActiveVersion) => Promise<Directory> {
  let kept: { readonly mark: string; readonly told: string; readonly directory: Directory } | null = null;
  return async ({ version, tables }) => {
    const mark = `${version} ${await markOf(tables)}`;
    if (kept?.mark === mark) return kept.directory;
    const rows = await tables
      .selectFrom('directory')
      .select(['stream', 'revision', 'type', 'data'])
      .orderBy('stream')
      .execute();
    // another version that says the same is no other directory
    const told = JSON.stringify(rows.map((row) => ({ ...row, revision: `${row.revision}` })));
    const directory = kept?.told === told ? kept.directory : new Directory(directoryDataOf(rows));
    // what was read may be later than the mark, which then is another one the next time
    kept = { mark, told, directory };
    return directory;
  };
}

/** Another one after each change: each is a later event, and what is erased is one stream less. */
async function markOf(tables: Kysely<VersionTables>): Promise<string> {
  const { mark } = await tables
    .selectFrom('directory')
    .select(sql<string>`concat(count(*), ' ', max(position))`.as('mark'))
    .executeTakeFirstOrThrow();
  return mark;
}
