import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { sql } from 'kysely';
import * as assert from 'uvu/assert';
import { hasCode } from '../../../src/errors.ts';
import { migrate } from '../../../src/projections/index.ts';
import { told } from '../../../src/projections/migrations/schemaMigration.ts';
import { suite } from '../../support/suite.ts';
import { withReadModel } from '../support/readModel.ts';
import { type Database, databaseSchema, schemaOf, whatBreaks } from './schemaOf.ts';

const test = suite('the schema beside the program of the last release');

/** As the last release made it; `npm run schema` writes it at a release. */
const LAST_RELEASE = fileURLToPath(new URL('../../fixtures/schema/lastRelease.json', import.meta.url));
const SCHEMAS = ['commslog', 'log', 'read_v1'];

test('has everything that the last release knows, as it knows it', async () => {
  await withReadModel(async ({ pool }) => {
    const now = await schemaOf(pool, SCHEMAS);
    if (process.env.SCHEMA === 'write') writeFileSync(LAST_RELEASE, `${JSON.stringify(now, null, 2)}\n`);
    const before = databaseSchema.parse(JSON.parse(readFileSync(LAST_RELEASE, 'utf8')));
    assert.ok(Object.keys(before).length > 15, `${Object.keys(before).length} tables`);
    assert.equal(whatBreaks(before, now), []);
  });
});

test('breaks it by a column that is gone, renamed, of another type or must not be null, and by a lost key', () => {
  const column = (type: string, notNull = false, hasDefault = false) => ({ type, notNull, hasDefault });
  const before: Database = {
    'read_v1.call': { columns: { id: column('uuid', true), note: column('text') }, keys: ['PRIMARY KEY (id)'] },
    'commslog.server': { columns: { id: column('uuid', true) }, keys: [] },
  };
  const now: Database = {
    'read_v1.call': { columns: { id: column('text', true), name: column('text', true, true) }, keys: [] },
    'commslog.server': { columns: { id: column('uuid', true), at: column('text', true, true) }, keys: [] },
  };
  assert.equal(whatBreaks(before, now), [
    'read_v1.call.id is text, was uuid',
    'read_v1.call.note is gone',
    'read_v1.call.name is new and must not be null',
    'read_v1.call has no PRIMARY KEY (id) any more',
  ]);
  assert.equal(whatBreaks(before, before), []);
});

test('is gone on with by a program that does not know a migration which only adds, and refused for any other', async () => {
  await withReadModel(async ({ db, pool }) => {
    const room = {
      isAdditive: true,
      up: async () => {
        await pool.query('alter table commslog.server add column room text');
      },
    };
    await told('9998_room', room).up(db);
    await sql`insert into commslog.kysely_migration (name, timestamp) values ('9998_room', '')`.execute(db);
    await migrate(db);
    await sql`insert into commslog.kysely_migration (name, timestamp) values ('9999_renamed', '')`.execute(db);
    const error: unknown = await migrate(db).catch((reason: unknown) => reason);
    assert.ok(hasCode(error, 'SCHEMA_TOO_NEW'), String(error));
    assert.match(error.message, 'in a way that this one cannot work with (9999_renamed)');
    assert.match(error.message, 'Start that version here too');
  });
});

test.run();
