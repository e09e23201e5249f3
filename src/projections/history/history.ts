import type pg from 'pg';
import type { RecordedEvent } from '../../domain/events.ts';
import type { Micros } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { readingUntil } from '../../log/readingUntil.ts';
import type { EntryThen, History } from '../../ports/history.ts';
import { PbxSessions } from '../calls/pbxSessions.ts';
import { type ActiveVersion, createOnVersion } from '../queries/activeVersion.ts';
import { getComms } from '../queries/wholeComms.ts';
import { inTransaction } from '../tables/transaction.ts';
import { type FoundSources, sourcesOf } from './entrySources.ts';
import { eventsThen } from './eventsThen.ts';
import { type AsideOptions, foldAside, type LastFact } from './foldAside.ts';
import { byTime, callFacts, peoplesFacts } from './readFacts.ts';
import { rulesThen } from './rulesThen.ts';

export type HistoryOptions = AsideOptions & { readonly pool: pg.Pool };

/** Each needs a connection of its own. */
const MAX_FOLDED_AT_ONCE = 4;

/** The port `History` over the active version, which says where facts stand, and the log, which holds them. */
export function createHistory(options: HistoryOptions): History {
  const { pool, log } = options;
  const onActive = createOnVersion(pool);
  let folding = 0;

  async function entryThen(
    active: ActiveVersion,
    id: string,
    sources: FoundSources,
    time: Micros,
    signal: AbortSignal | undefined,
  ) {
    const reading = readingUntil(log, signal);
    const then = await rulesThen(reading, time);
    if (then === null) return NOTHING;
    const { derivation, rules, code } = then;
    const events = await eventsThen({ log: reading, tables: active.tables, rules }, sources, time);
    const lastFacts = await lastFactsOf(active.tables, sources, events);
    signal?.throwIfAborted();
    return foldAside(
      options,
      { events, lastFacts, rules, version: active.version },
      async (tables): Promise<EntryThen> => {
        const found = await getComms(tables, id);
        if (found?.kind === 'found') return { kind: 'found', entry: found.entry, derivation, code };
        if (found) return found;
        const current = await tables.selectFrom('current_call').select('id').where('id', '=', id).executeTakeFirst();
        return current === undefined ? NOTHING : { kind: 'in_progress' };
      },
    );
  }

  return {
    async factsBehind(id, signal) {
      const reading = readingUntil(log, signal);
      const sources = await onActive(({ tables }) => sourcesOf(tables, id));
      if (sources?.kind !== 'found') return sources;
      const heard = sources.group === null ? [] : await callFacts(reading, sources.group);
      const events = [...heard, ...(await peoplesFacts(reading, sources))].sort(byTime);
      return { kind: 'found', id, occurredAt: sources.occurredAt, events };
    },

    connections: (pbx) =>
      onActive(({ schema }) =>
        inTransaction(pool, schema, async (sql) => {
          const sessions = new PbxSessions();
          await sessions.load(sql, [pbx]);
          return sessions.all(pbx);
        }),
      ),

    async asOf(id, time, signal) {
      if (folding >= MAX_FOLDED_AT_ONCE) {
        throw new CommslogError('TOO_MANY_REQUESTS', 'Too many entries are being folded anew; try again.');
      }
      folding += 1;
      try {
        return await onActive(async (active) => {
          const asked = await sourcesOf(active.tables, id);
          // what is part of another entry now may have been one of its own then
          const sources = asked?.kind === 'moved' ? await sourcesOf(active.tables, asked.currentId) : asked;
          return sources?.kind === 'found' ? entryThen(active, id, sources, time, signal) : null;
        });
      } finally {
        folding -= 1;
      }
    },
  };
}

/** Of the sessions whose begin is among the events. */
async function lastFactsOf(
  tables: ActiveVersion['tables'],
  { group }: FoundSources,
  events: readonly RecordedEvent[],
): Promise<LastFact[]> {
  const sessions = events.filter(({ type }) => type === 'PbxConnected').map(({ revision }) => Number(revision));
  const [first, last] = [sessions[0], sessions.at(-1)];
  if (group === null || first === undefined || last === undefined) return [];
  return tables
    .selectFrom('pbx_session')
    .select(['pbx', 'session', 'last_fact_at'])
    .where('pbx', '=', group.pbx)
    .where('session', '>=', first)
    .where('session', '<=', last)
    .execute();
}

const NOTHING: EntryThen = { kind: 'nothing' };
