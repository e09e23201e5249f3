import { randomUUID } from 'node:crypto';
import { setTimeout as pause } from 'node:timers/promises';
import type pg from 'pg';
import { openPostgresLog } from '../../src/adapters/eventstore/index.ts';
import { streamOf } from '../../src/domain/events.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { personsEvent } from '../../tests/projections/support/events.ts';

const EVERY_MS = 100;

/** Lets so many entries appear a second: calls that were logged by hand, past the API. Returns how to stop. */
export async function changing(url: string, aSecond: number): Promise<() => Promise<void>> {
  const log = await openPostgresLog({ url });
  const stop = new AbortController();
  const logCall = () => {
    const data = { customer_id: 'c-1', direction: 'outbound', duration_seconds: 60, notes: 'Agreed on Friday.' };
    const times = { occurred_at: '2026-11-20T10:00:00.000000Z', request_hash: null };
    const event = personsEvent('CallLogged', { ...data, ...times }, systemClock.now());
    return log.append(streamOf.manual(randomUUID()), [event], 'no_stream');
  };
  const work = async () => {
    for (let next = performance.now(); !stop.signal.aborted; next += EVERY_MS) {
      await Promise.all(Array.from({ length: (aSecond * EVERY_MS) / 1_000 }, logCall));
      await pause(Math.max(0, next + EVERY_MS - performance.now()));
    }
  };
  const working = work();
  return async () => {
    stop.abort();
    await working;
    await log.close();
  };
}

/** Lets a version of the read model have so many calls in progress that never end. */
export async function callsInProgress(pool: pg.Pool, count: number): Promise<void> {
  await pool.query(
    `insert into read_v1.current_call (id, group_id, pbx, occurred_at, call)
     select id, -n, 'main', now(), json_build_object(
       'id', id, 'pbx', 'main', 'ext_message_id', '1.' || n, 'direction', 'inbound', 'state', 'ringing',
       'external_number', '+306912345678', 'external_number_raw', '6912345678', 'external_name', 'Σοφία Καλλέργη',
       'did', '2100000000', 'dialled', null, 'trunk', 'provider', 'extensions', json_build_array(),
       'rang', json_build_array('101', '102', '103'), 'occurred_at', '2026-11-20T10:00:00.000000Z',
       'answered_at', null, 'customer_id', null, 'match', json_build_object(
         'status', 'unmatched', 'rule', 'nobody_holds_it', 'number', '+306912345678', 'candidates', json_build_array()))
     from (select gen_random_uuid() as id, n from generate_series(1, $1) as n) as made`,
    [count],
  );
}
