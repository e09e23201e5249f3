import { TO_CALL_BACK, UNASSIGNED } from './entryKinds.ts';

/**
 * Tables that PostgreSQL itself keeps beside the rows, in the transaction of whoever changes them, an older program beside this
 * one too. Their triggers run once a statement.
 */

/** Makes `keep_<table>` run after each change of rows `of` a table; `after_rows` and `before_rows` are those that it changed. */
export function keptBy(
  table: string,
  body: string,
  of: 'crm_comms_log' | 'customer' | 'customer_number' = 'crm_comms_log',
): string {
  const on = (event: string, rows: string) => `
    create or replace trigger ${table}_${event} after ${event} on ${of}
      referencing ${rows} for each statement execute function keep_${table}();`;
  return `
    create or replace function keep_${table}() returns trigger language plpgsql set search_path from current as $$
    begin ${body} return null; end $$;
    ${on('insert', 'new table as after_rows')}
    ${on('update', 'old table as before_rows new table as after_rows')}
    ${on('delete', 'old table as before_rows')}`;
}

/**
 * Keeps a table of the entries of each `what`, in the order of the list; `of`: SQL, the list of a row's own.
 */
function listedBy(table: string, what: string, of: string): string {
  const its = (rows: string) => `select distinct ${what}, occurred_at, id from ${rows}, unnest(${of}) as ${what}`;
  const gone = (rows: string) => `
  delete from ${table} as kept using (${rows}) as gone
  where (kept.${what}, kept.occurred_at, kept.id) = (gone.${what}, gone.occurred_at, gone.id)`;
  return `
  create table if not exists ${table} (
    ${what.padEnd(11)} text not null,
    occurred_at timestamptz not null,
    id          uuid not null,
    primary key (${what}, occurred_at, id)
  );
  ${keptBy(
    table,
    `
    if tg_op = 'INSERT' then
      insert into ${table} ${its('after_rows')} on conflict do nothing;
    elsif tg_op = 'DELETE' then
      ${gone(its('before_rows'))};
    else
      ${gone(`${its('before_rows')} except ${its('after_rows')}`)};
      insert into ${table} (${its('after_rows')} except ${its('before_rows')}) on conflict do nothing;
    end if;`,
  )}
  insert into ${table} ${its('crm_comms_log')} on conflict do nothing;`;
}

/** Who took part in which entry. */
export const ENTRY_EXTENSION = listedBy('entry_extension', 'extension', 'extensions || rang');

/** Who waited in which queue. */
export const ENTRY_QUEUE = listedBy('entry_queue', 'queue', 'queues');

/** Keeps a table of sums: what `counted` says of rows `of` a table is added by `key`, of rows that are gone taken away. */
function summedUp(
  table: string,
  key: string,
  counted: (rows: string, sign: '' | '-') => string,
  of: 'crm_comms_log' | 'customer_number' = 'crm_comms_log',
): string {
  const add = (rows: string) => `
    insert into ${table} as kept (${key}, n)
    select ${key}, sum(n) from (${rows}) as row group by ${key} having sum(n) <> 0
    on conflict (${key}) do update set n = kept.n + excluded.n`;
  return `
  ${keptBy(
    table,
    `
    if tg_op = 'INSERT' then ${add(counted('after_rows', ''))};
    elsif tg_op = 'DELETE' then ${add(counted('before_rows', '-'))};
    else ${add(`${counted('after_rows', '')} union all ${counted('before_rows', '-')}`)};
    end if;`,
    of,
  )}
  truncate ${table};
  ${add(counted(of, ''))};`;
}

const KINDS = 'span, begins, direction, outcome, unassigned, to_call_back, handled_by_machine';

/**
 * How many entries of each kind began in each quarter of an hour, since offsets of time zones are not whole hours, and in each
 * month. To count by more (a person, a queue) is to add a column to the key.
 */
export const ENTRY_COUNT = `
  create table if not exists entry_count (
    span               text not null,
    begins             timestamptz not null,
    direction          text not null,
    outcome            text not null,
    unassigned         boolean not null,
    to_call_back       boolean not null,
    handled_by_machine boolean not null,
    n                  bigint not null,
    primary key (${KINDS})
  );
  ${summedUp(
    'entry_count',
    KINDS,
    (rows, sign) => `
    select span, begins, direction, outcome, (${UNASSIGNED}) as unassigned, (${TO_CALL_BACK}) as to_call_back,
           handled_by_machine is true as handled_by_machine, ${sign}1 as n
    from ${rows}, lateral (values ('quarter', date_bin('15 minutes', occurred_at, 'epoch')),
                                  ('month', date_trunc('month', occurred_at, 'UTC'))) as part (span, begins)`,
  )}`;

/** How many calls of a day (UTC) that somebody answered rang so many seconds, and how many were talks of so many. */
export const ENTRY_SECONDS = `
  create table if not exists entry_seconds (
    day       timestamptz not null,
    direction text not null,
    what      text not null,
    seconds   integer not null,
    n         bigint not null,
    primary key (day, direction, what, seconds)
  );
  ${summedUp(
    'entry_seconds',
    'day, direction, what, seconds',
    (rows, sign) => `
    select date_trunc('day', occurred_at, 'UTC') as day, direction, what, seconds, ${sign}1 as n
    from ${rows}, lateral (values ('ring', ring_seconds), ('talk', duration_seconds)) as length (what, seconds)
    where outcome = 'answered' and seconds is not null`,
  )}`;

/** Quarters of an hour of the week (UTC) before this one, from Monday on. */
export const QUARTER_OF_WEEK = (at: string) =>
  `((floor(extract(epoch from ${at}) / 900)::bigint + 3 * 96) % (7 * 96))::integer`;

/** How many calls with others began in each quarter of an hour of the week, month by month. */
export const WEEK_COUNT = `
  create table if not exists week_count (
    month   timestamptz not null,
    quarter integer not null,
    outcome text not null,
    n       bigint not null,
    primary key (month, quarter, outcome)
  );
  ${summedUp(
    'week_count',
    'month, quarter, outcome',
    (rows, sign) => `
    select date_trunc('month', occurred_at, 'UTC') as month, ${QUARTER_OF_WEEK('occurred_at')} as quarter, outcome, ${sign}1 as n
    from ${rows} where direction <> 'internal'`,
  )}`;

/** How many calls from outside that nobody answered rang at each phone, each day (UTC) and each month. */
export const MISSED_COUNT = `
  create table if not exists missed_count (
    span      text not null,
    begins    timestamptz not null,
    extension text not null,
    n         bigint not null,
    primary key (span, begins, extension)
  );
  ${summedUp(
    'missed_count',
    'span, begins, extension',
    (rows, sign) => `
    select span, begins, extension, ${sign}1 as n
    from ${rows}, lateral (select distinct extension from unnest(rang) as extension) as phone,
         lateral (values ('day', date_trunc('day', occurred_at, 'UTC')),
                         ('month', date_trunc('month', occurred_at, 'UTC'))) as part (span, begins)
    where direction = 'inbound' and outcome <> 'answered'`,
  )}`;

/** How many numbers customers have, understood or not. */
export const NUMBER_COUNT = `
  create table if not exists number_count (
    is_understood boolean primary key,
    n             bigint not null
  );
  ${summedUp(
    'number_count',
    'is_understood',
    (rows, sign) => `select e164 is not null as is_understood, ${sign}1 as n from ${rows} where listed`,
    'customer_number',
  )}`;
