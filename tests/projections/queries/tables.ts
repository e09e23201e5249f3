import { randomUUID } from 'node:crypto';
import { type Insertable, Kysely, PostgresDialect } from 'kysely';
import { pino } from 'pino';
import type { Test } from 'uvu';
import { defaultRules } from '../../../src/domain/rules.ts';
import type { ReadModel } from '../../../src/ports/readModel.ts';
import { createPool } from '../../../src/postgres.ts';
import { createReadModel, migrate } from '../../../src/projections/index.ts';
import { createVersion } from '../../../src/projections/tables/createVersion.ts';
import { makeForReaders } from '../../../src/projections/tables/forReaders.ts';
import type { ControlTables, VersionTables } from '../../../src/projections/tables/schema.ts';
import { createDatabase } from '../../support/postgres.ts';

type Entry = Insertable<VersionTables['crm_comms_log']>;

/** A database whose version 1 is active and empty, and a read model over it. Rows are put in by hand. */
export async function openTables(): Promise<{
  url: string;
  readModel: ReadModel;
  control: Kysely<ControlTables>;
  /** tables of a version, 1 unless another is named */
  tables(version?: number): Kysely<VersionTables>;
  /** makes a version and its tables, without serving it */
  build(version: number): Promise<void>;
  activate(version: number): Promise<void>;
  close(): Promise<void>;
}> {
  const { url, drop } = await createDatabase();
  const pool = createPool(url, { max: 4 });
  const db = new Kysely<ControlTables>({ dialect: new PostgresDialect({ pool }) });
  const rows = new Kysely<VersionTables>({ dialect: new PostgresDialect({ pool }) });
  await migrate(db);
  const control = db.withSchema('commslog');
  const build = (version: number) =>
    createVersion(
      db,
      version,
      { logId: 'log', rules: defaultRules(null), derivation: `1-rules${version}` },
      makeForReaders,
    );
  const activate = async (version: number) => {
    await control.updateTable('read_model').set({ active_version: version }).execute();
  };
  await build(1);
  await activate(1);
  const readModel = createReadModel({ pool, url, logger: pino({ level: 'silent' }) });
  return {
    url,
    readModel,
    control,
    tables: (version = 1) => rows.withSchema(`read_v${version}`),
    build,
    activate,
    async close() {
      await readModel.close();
      await pool.end();
      await drop();
    },
  };
}

/** Opens them for the tests of a suite, and closes them after its last. */
export function openedTables(test: Pick<Test, 'after'>): typeof openTables {
  const opened: Awaited<ReturnType<typeof openTables>>[] = [];
  test.after(async () => {
    for (const tables of opened) await tables.close();
  });
  return async () => {
    const tables = await openTables();
    opened.push(tables);
    return tables;
  };
}

/** An inbound call of a stranger, answered by 101, with what a test says of it. */
export function entryRow(own: Partial<Entry> = {}): Entry {
  const id = own.id ?? randomUUID();
  return {
    id,
    pbx: 'pbx',
    ext_message_id: id,
    type: 'call',
    source: 'pbx',
    direction: 'inbound',
    outcome: 'answered',
    handled_by_machine: false,
    customer_id: null,
    match: matchOf('unmatched'),
    external_number: '+306912345678',
    external_number_raw: '6912345678',
    external_name: null,
    did: '2100000000',
    dialled: null,
    trunk: 'provider',
    extensions: ['101'],
    rang: ['101', '102'],
    queues: [],
    occurred_at: '2026-11-20T10:00:00.000000Z',
    answered_at: '2026-11-20T10:00:05.123456Z',
    ended_at: '2026-11-20T10:00:47.100000Z',
    ring_seconds: 5,
    duration_seconds: 42,
    body: 'Call duration: 42s',
    notes: '[]',
    segments: '[]',
    legs: '[]',
    incomplete: [],
    why: '{}',
    done_at: null,
    derivation: '1-rules1',
    position: 7n,
    group_id: null,
    annotation_revision: -1n,
    ...own,
  };
}

export function matchOf(
  status: 'matched' | 'ambiguous' | 'assigned' | 'unmatched' | 'withheld' | 'own_number',
  rule = 'test',
): string {
  return JSON.stringify({ status, rule, number: null, candidates: [] });
}
