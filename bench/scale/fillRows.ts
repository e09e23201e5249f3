import type pg from 'pg';
import { NAMES } from './names.ts';

const AT_ONCE = 250_000;
const POLL_MS = 200;

/** `n` mixes them so that names repeat as names do. */
const NAME = `(array[${NAMES.map((name) => `'${name}'`).join(',')}])
    [(1 + (n * 7919) % ${NAMES.length})::int] || ' ' || (array['Παπα','Καρα','Χατζη','Müll','Schmi','Геор','Αθανα','Οικονο'])[(1 + (n * 104729) % 8)::int]
  || (array['δόπουλος','γιάννης','κωστής','er','dt','гиев','σίου','μίδης'])[(1 + (n / 8) % 8)::int] || ' ' || (n % 9973)`;

const CUSTOMERS = `
  with made as (
    insert into customer (id, name, revision, removed_at, registered_at)
    select 'c-' || n, ${NAME}, 0, null, '2020-01-01' from generate_series(1, $1::bigint) as n
    returning id)
  insert into customer_number (customer_id, ordinal, number, e164, label, valid_from, valid_to, recorded_at, holds_from,
                               holds_to, listed, number_key, import_id)
  select id, 0, number, number, null, null, null, '2020-01-01', '2020-01-01', null, true, number, null
  from (select id, '+3069' || lpad(((substr(id, 3)::bigint * 48271) % 100000000)::text, 8, '0') as number from made) as numbers`;

/** Calls over five years, mostly by day; two in three of a customer, one in eight to call back. */
const CALLS = `
  with numbered as (
    select n, (n * 2654435761) % 1000003 as r, (n * 40503) % 65537 as s,
           1 + (n * 7919) % $3::int as c,
           timestamptz '2021-01-01' + make_interval(secs => (n::float8 / $4) * 157680000) as at
    from generate_series($1::bigint, $2::bigint) as n),
  drawn as (
    select *, r % 3 > 0 as known,
           case when s % 10 < 6 then 'inbound' when s % 10 < 9 then 'outbound' else 'internal' end as direction,
           case when r % 8 = 0 then 'missed' when r % 23 = 0 then 'abandoned' when r % 29 = 0 then 'busy' when r % 31 = 0 then 'voicemail'
                when r % 37 = 0 then 'failed' else 'answered' end as outcome,
           (101 + s % 60)::text as extension
    from numbered),
  told as (
    select *, '+3069' || lpad((((case when known then c else n + 300000 end) * 48271) % 100000000)::text, 8, '0') as number from drawn)
  insert into crm_comms_log (id, pbx, ext_message_id, type, source, direction, outcome, customer_id, match,
    external_number, external_number_raw, external_name, did, dialled, trunk, extensions, rang, occurred_at, answered_at,
    ended_at, ring_seconds, duration_seconds, body, notes, segments, legs, incomplete, why, done_at, derivation, position,
    group_id, annotation_revision, number_key, queues)
  select gen_random_uuid(), 'main', 'scale.' || n, 'call', 'pbx', direction, outcome,
    case when direction <> 'internal' and known then 'c-' || c end,
    json_build_object('status', case when direction = 'internal' then 'internal' when known then 'matched' else 'unmatched' end,
                      'rule', 'number_at_the_time', 'number', number, 'candidates', json_build_array()),
    case when direction <> 'internal' then number end,
    case when direction <> 'internal' then substr(number, 4) end,
    case when direction = 'inbound' and s % 4 = 0 then ${NAME} end,
    case when direction = 'inbound' then '21012345' || (10 + s % 40) end, null, 'provider-' || s % 3,
    case when outcome = 'answered' then array[extension] else array[]::text[] end,
    array[extension, (101 + (s + 7) % 60)::text],
    at, case when outcome = 'answered' then at + interval '9 seconds' end, at + interval '2 minutes', 9,
    case when outcome = 'answered' then 20 + (r % 300)::int end, 'Call',
    case when n % 50 = 0 then json_build_array(json_build_object('id', n::text, 'text', 'Ρωτά για την παραγγελία ' || (n % 99991) || ', call back on Friday',
         'author', 'anna', 'at', '2026-01-01T10:00:00.000000Z')) else '[]'::json end,
    '[]'::json, $5::json, array[]::text[], $6::json,
    case when direction = 'inbound' and outcome <> 'answered' and n < $4 * 0.99 then at + interval '1 hour' end,
    'scale', n, null, -1, number,
    case when direction = 'inbound' and s % 3 = 0 then array[(400 + s % 12)::text] else array[]::text[] end
  from told`;

export type Filled = { readonly rows: number; readonly customers: number };

/**
 * Puts so many finished calls into version 1, without facts behind them: for reading it makes no difference where a row came
 * from. Each has the legs and reasons of one that the version has heard.
 */
export async function fillRows(pool: pg.Pool, { rows, customers }: Filled): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('set search_path to read_v1; set synchronous_commit to off');
    const { legs, why } = await heard(client);
    await client.query(CUSTOMERS, [customers]);
    for (let from = 1; from <= rows; from += AT_ONCE) {
      const to = Math.min(rows, from + AT_ONCE - 1);
      await client.query(CALLS, [from, to, customers, rows, legs, why]);
    }
    for (const table of ['customer', 'customer_number', 'crm_comms_log']) await client.query(`vacuum analyze ${table}`);
  } finally {
    client.release(true);
  }
}

/** The projector may be behind the PBX. */
async function heard(client: pg.PoolClient): Promise<{ readonly legs: string; readonly why: string }> {
  for (;;) {
    const { rows } = await client.query(
      `select legs::text as legs, why::text as why from crm_comms_log where legs::text <> '[]' limit 1`,
    );
    if (rows.length > 0) return rows[0];
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}
