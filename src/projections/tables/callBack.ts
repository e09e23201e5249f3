import { ATTEMPT, CALLER, CONTACT, MISSED } from './entryKinds.ts';
import { keptBy } from './keptBeside.ts';

/** More tries of one caller are not counted: a machine that calls again and again is as good as a thousand. */
export const MOST_TRIES = 1_000;

/** By whom what happened is found; what is missed and done stands apart, so that no past of a caller is gone through. */
export const OF_CALLERS = `
  create index if not exists crm_comms_log_missed_by_caller
    on crm_comms_log ((${CALLER}), (done_at is null), occurred_at, id) where ${MISSED};
  create index if not exists crm_comms_log_contact on crm_comms_log ((${CALLER}), occurred_at, id) where ${CONTACT};
  create index if not exists crm_comms_log_attempt on crm_comms_log ((${CALLER}), occurred_at) where ${ATTEMPT};
  create index if not exists crm_comms_log_missed_of_nobody on crm_comms_log (occurred_at)
    where ${MISSED} and done_at is null and (${CALLER}) is null;`;

const missed = (caller: string, isOpen: boolean) =>
  `from crm_comms_log where (${CALLER}) = ${caller} and ${MISSED} and (done_at is null) = ${isOpen}`;
const latest = (caller: string, isOpen: boolean) =>
  `(select id, occurred_at, done_at ${missed(caller, isOpen)} order by occurred_at desc, id desc limit 1)`;

/** Where each of the callers in `touched` stands; those who never called in vain are left out. */
const standing = (touched: string) => `
  select touched.caller, open.tries, first.id as first_id, first.occurred_at as first_at, last.occurred_at as last_at,
         missed.id as missed_id, missed.occurred_at as missed_at, contact.id as contact_id, contact.occurred_at as contact_at,
         case when open.tries > 0 then null
              when contact.occurred_at > missed.occurred_at then contact.occurred_at
              else missed.done_at end as closed_at
  from (${touched}) as touched
  join lateral (
    select * from (${latest('touched.caller', true)} union all ${latest('touched.caller', false)}) as miss
    order by occurred_at desc, id desc limit 1) as missed on true
  left join lateral (
    select id, occurred_at from crm_comms_log where (${CALLER}) = touched.caller and ${CONTACT}
    order by occurred_at desc, id desc limit 1) as contact on true
  left join lateral (
    select count(*)::int as tries from (
      select ${missed('touched.caller', true)} and occurred_at > coalesce(contact.occurred_at, '-infinity')
      limit ${MOST_TRIES}) as tried) as open on true
  left join lateral (
    select id, occurred_at ${missed('touched.caller', true)} and occurred_at > coalesce(contact.occurred_at, '-infinity')
    order by occurred_at, id limit 1) as first on true
  left join lateral (
    select occurred_at ${missed('touched.caller', true)} and occurred_at > coalesce(contact.occurred_at, '-infinity')
    order by occurred_at desc, id desc limit 1) as last on true`;

/** What decides of a row where its caller stands. */
const told = (rows: string) => `
  select (${CALLER}) as caller, id, occurred_at, direction, outcome, source, done_at from ${rows}
  where (${CALLER}) is not null and (${MISSED} or ${CONTACT})`;
const callersOf = (rows: string) => `select distinct caller from (${rows}) as told`;
const changed = `
  (${told('after_rows')} except ${told('before_rows')}) union all (${told('before_rows')} except ${told('after_rows')})`;

/** Brings the callers up to date; one who has called in vain no more goes. */
const bring = (callers: string) => `
  with touched as (${callers}), now as (${standing('select caller from touched')}), gone as (
    delete from call_back where caller in (select caller from touched) and caller not in (select caller from now))
  insert into call_back select * from now
  on conflict (caller) do update set
    tries = excluded.tries, first_id = excluded.first_id, first_at = excluded.first_at, last_at = excluded.last_at,
    missed_id = excluded.missed_id, missed_at = excluded.missed_at, contact_id = excluded.contact_id,
    contact_at = excluded.contact_at, closed_at = excluded.closed_at`;

/** Who waits to be called back, a line for each caller; and who did, until when. */
export const CALL_BACK = `
  create table if not exists call_back (
    caller     text primary key,
    tries      integer not null,
    first_id   uuid,
    first_at   timestamptz,
    last_at    timestamptz,
    missed_id  uuid not null,
    missed_at  timestamptz not null,
    contact_id uuid,
    contact_at timestamptz,
    closed_at  timestamptz
  );
  create index if not exists call_back_waiting on call_back (first_at, missed_id) where tries > 0;
  create index if not exists call_back_latest on call_back (last_at desc, missed_id desc) where tries > 0;
  create index if not exists call_back_tries on call_back (tries desc, first_at, missed_id) where tries > 0;
  create index if not exists call_back_closed on call_back (closed_at desc, missed_id desc) where tries = 0;
  create index if not exists call_back_missed on call_back (missed_id);
  ${keptBy(
    'call_back',
    `
    if tg_op = 'INSERT' then ${bring(callersOf(told('after_rows')))};
    elsif tg_op = 'DELETE' then ${bring(callersOf(told('before_rows')))};
    else ${bring(callersOf(changed))};
    end if;`,
  )}
  truncate call_back;
  ${bring(callersOf(told('crm_comms_log')))};`;
