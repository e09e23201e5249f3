import type pg from 'pg';
import type { EventStore } from '../../ports/eventStore.ts';
import type { History } from '../../ports/history.ts';
import { createActiveVersion } from '../queries/activeVersion.ts';
import { placeOf } from './place.ts';
import { byTime, callFacts, peoplesFacts } from './readFacts.ts';

export type HistoryOptions = { readonly pool: pg.Pool; readonly log: EventStore };

/** The port `History` over the active version, which says where facts stand, and the log, which holds them. */
export function createHistory({ pool, log }: HistoryOptions): History {
  const onActive = createActiveVersion(pool);
  return {
    async factsBehind(id) {
      const place = await onActive(({ tables }) => placeOf(tables, id));
      if (place?.kind !== 'found') return place;
      const heard = place.group === null ? [] : await callFacts(log, place.group);
      const events = [...heard, ...(await peoplesFacts(log, place))].sort(byTime);
      return { kind: 'found', id, events };
    },
  };
}
