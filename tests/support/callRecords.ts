// The call records of a real FreePBX 17 for the calls of one day, and what really happened in them.
import { readFileSync } from 'node:fs';
import { stringify } from 'csv-stringify/sync';
import { z } from 'zod';

const read = (name: string) => readFileSync(new URL(`../fixtures/cdr/${name}`, import.meta.url), 'utf8');

/** As FreePBX's database was dumped, for MariaDB. */
export const MARIADB_RECORDS: readonly string[] = [read('schema.sql'), read('rows.sql')];

const COLUMNS =
  'calldate clid src dst dcontext channel dstchannel lastapp lastdata duration billsec disposition amaflags accountcode uniqueid userfield did recordingfile cnum cnam outbound_cnum outbound_cnam dst_cnam linkedid peeraccount sequence'.split(
    ' ',
  );

/** Each record as its columns say it, in the order of the table. */
export function callRecords(): ReadonlyMap<string, string>[] {
  return [...read('rows.sql').matchAll(/^INSERT INTO .* VALUES \((.*)\);$/gm)].map(([, list = '']) => {
    const values = [...list.matchAll(/'((?:[^'\\]|\\.)*)'|(\d+)/g)].map(([, text, digits]) =>
      text === undefined ? (digits ?? '') : text.replaceAll(/\\(.)/g, '$1'),
    );
    return new Map(COLUMNS.map((name, at) => [name, values[at] ?? '']));
  });
}

/** The same table for PostgreSQL. */
export function postgresRecords(records: readonly ReadonlyMap<string, string>[] = callRecords()): string {
  const type = (name: string) =>
    name === 'calldate' ? 'timestamp' : ['duration', 'billsec', 'amaflags', 'sequence'].includes(name) ? 'int' : 'text';
  const quoted = (text: string) => `'${text.replaceAll("'", "''")}'`;
  const rows = records.map((record) => `(${COLUMNS.map((name) => quoted(record.get(name) ?? '')).join(', ')})`);
  return `create table cdr (${COLUMNS.map((name) => `${name} ${type(name)}`).join(', ')});
    create index on cdr (calldate);
    ${rows.length === 0 ? '' : `insert into cdr values ${rows.join(',\n')};`}`;
}

/** The lines of `cdr_csv` of the records, which have fewer columns, and the times of answer and end. */
export function masterCsv(records: readonly ReadonlyMap<string, string>[] = callRecords()): string {
  return stringify(
    records.map((record) => {
      const of = (name: string) => record.get(name) ?? '';
      const [begin, duration, billed] = [of('calldate'), Number(of('duration')), Number(of('billsec'))];
      const later = (seconds: number) =>
        new Date(Date.parse(`${begin.replace(' ', 'T')}Z`) + seconds * 1000)
          .toISOString()
          .slice(0, 19)
          .replace('T', ' ');
      const answer = of('disposition') === 'ANSWERED' || billed > 0 ? later(duration - billed) : '';
      const first = ['accountcode', 'src', 'dst', 'dcontext', 'clid', 'channel', 'dstchannel', 'lastapp', 'lastdata'];
      return [
        ...first.map(of),
        begin,
        answer,
        later(duration),
        of('duration'),
        of('billsec'),
        of('disposition'),
        'DOCUMENTATION',
        of('uniqueid'),
        of('userfield'),
        of('peeraccount'),
        of('linkedid'),
        of('sequence'),
      ];
    }),
    { quoted_string: true },
  );
}

const truthSchema = z.object({
  scenario: z.string(),
  linkedid: z.string().optional(),
  direction: z.enum(['inbound', 'outbound', 'internal']),
  external_number: z.string().optional(),
  external_name: z.string().optional(),
  dialled: z.string().optional(),
  trunk: z.string().optional(),
  answered: z.boolean(),
  answered_by: z.array(z.string()),
  caller_extension: z.string().optional(),
  outcome: z.string(),
  started_at: z.number(),
  ring_seconds: z.number(),
  talk_seconds: z.number(),
  /** it was a click-to-call */
  placed_by_pbx: z.boolean(),
  scoring: z
    .object({ optional: z.boolean(), skip: z.array(z.string()), outcome: z.array(z.string()) })
    .partial()
    .optional(),
});
export type RecordedTruth = z.infer<typeof truthSchema>;

/** What the phones and the provider saw of these calls. */
export function recordedTruth(): RecordedTruth[] {
  return read('truth.jsonl')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => truthSchema.parse(JSON.parse(line)));
}

const gapSchema = z.object({
  gap: z.tuple([z.number(), z.number()]),
  calls: z.record(
    z.string(),
    z.object({
      number: z.string(),
      start: z.number(),
      answered: z.number().nullable(),
      end: z.number(),
      ids: z.array(z.string()),
    }),
  ),
});

/** What the PBX answered to `Status` when it was reached again after the gap: the fields of each channel. */
export function channelsAfterTheGap(): [string, string][][] {
  return read('gap.resync.txt')
    .split(/\r?\n\r?\n/)
    .filter((frame) => frame.startsWith('Event: Status\n') || frame.startsWith('Event: Status\r\n'))
    .map((frame) =>
      frame.split(/\r?\n/).flatMap((line): [string, string][] => {
        const at = line.indexOf(':');
        return at < 0 ? [] : [[line.slice(0, at), line.slice(at + 1).trim()]];
      }),
    );
}

/** Eight calls around a connection that was cut: what really happened, in seconds since the epoch. */
export function callsAroundTheGap(): z.infer<typeof gapSchema> {
  return gapSchema.parse(JSON.parse(read('gap.json')));
}
