import { isDeepStrictEqual } from 'node:util';
import { type RecordedEvent, streamOf } from '../domain/events.ts';
import { dataOf } from '../domain/recorded.ts';
import { DEFAULT_SETTINGS, type Settings, settingsAcceptedSchema } from '../domain/settings.ts';
import type { Clock } from '../ports/clock.ts';
import { type EventStore, readEvents } from '../ports/eventStore.ts';
import { lastEvent } from './streamEnds.ts';
import { type SaidBy, tellLog } from './tellLog.ts';

/** Those that were accepted last, else the defaults. Errors: those of the log. */
export async function settingsInForce(log: Pick<EventStore, 'readStream'>): Promise<Settings> {
  const last = await lastEvent(log, streamOf.settings);
  return last ? acceptedIn(last).settings : DEFAULT_SETTINGS;
}

/** Puts settings in force, at once and at every server. Errors: those of an append. */
export function acceptSettings(
  log: EventStore,
  accepted: { readonly settings: Settings; readonly source: 'default' | 'file' | 'api' },
  by: SaidBy,
): Promise<void> {
  return tellLog(log, { stream: streamOf.settings, type: 'SettingsAccepted', data: accepted }, by);
}

/**
 * Looks at the settings of the rules file. Only a file that does not say what it said last puts something in force: what
 * was set elsewhere since stays. Errors: those of an append.
 */
export async function seeSettings(
  log: EventStore,
  seen: { readonly settings: Settings; readonly source: 'default' | 'file' },
  clock: Clock,
): Promise<void> {
  const events = await readEvents(log, streamOf.settings);
  const before = events.findLast(({ metadata }) => metadata.actor === undefined);
  if (before && isDeepStrictEqual(acceptedIn(before).settings, seen.settings)) return;
  await acceptSettings(log, seen, { clock, by: null });
}

function acceptedIn(event: RecordedEvent) {
  return dataOf(event, settingsAcceptedSchema);
}
