/** The directory out of the last event of each of its streams: every one tells the whole person, team or list. */
import { partsOfStream, type RecordedEvent, streamOf } from '../events.ts';
import { dataOf } from '../recorded.ts';
import { DEFAULT_SETTINGS, settingsAcceptedSchema } from '../settings.ts';
import { type DirectoryData, personOf } from './directory.ts';
import { personSchema, type Revocation, removedPersonSchema } from './person.ts';
import { NO_PLACE_NAMES, placeNamesSchema, teamSchema } from './team.ts';

/** What is kept of an event. */
export type Told = Pick<RecordedEvent, 'stream' | 'revision' | 'type' | 'data'>;

const REMOVED: ReadonlySet<string> = new Set(['PersonRemoved', 'TeamRemoved']);

/** Throws `POISON_EVENT` when one is not as its schema says. */
export function directoryDataOf(told: readonly Told[]): DirectoryData {
  const last = (stream: string) => told.find((one) => one.stream === stream);
  const places = last(streamOf.places);
  const settings = last(streamOf.settings);
  const of = (kind: 'person' | 'team') =>
    told.filter(({ stream, type }) => partsOfStream(stream).kind === kind && !REMOVED.has(type));
  return {
    people: of('person').map((one) => personOf(idOf(one), one.revision, dataOf(one, personSchema))),
    teams: of('team').map((one) => ({ id: idOf(one), revision: one.revision, ...dataOf(one, teamSchema) })),
    places: places ? dataOf(places, placeNamesSchema) : NO_PLACE_NAMES,
    revocations: told.filter(({ stream }) => partsOfStream(stream).kind === 'person').flatMap(revocationsIn),
    settings: settings ? dataOf(settings, settingsAcceptedSchema).settings : DEFAULT_SETTINGS,
  };
}

/** Whether it is as its schema says. Throws `POISON_EVENT`, so that nothing else is kept. */
export function checkTold({ stream, type, data }: Told): void {
  if (REMOVED.has(type)) dataOf({ type, data }, removedPersonSchema);
  else directoryDataOf([{ stream, type, data, revision: 0n }]);
}

/** Whether entries are shown otherwise, or to others, since the last event of a stream of the directory is this one. */
export function isShownOtherwise(before: Told | undefined, now: Told): boolean {
  if (now.stream !== streamOf.settings) {
    return before?.type !== now.type || JSON.stringify(before.data) !== JSON.stringify(now.data);
  }
  const [former, latter] = [before, now].map((told) => {
    const { visibility, masked_roles } = directoryDataOf(told === undefined ? [] : [told]).settings;
    return JSON.stringify([visibility, masked_roles]);
  });
  return former !== latter;
}

/** Whether a stream is one of the directory's. */
export function isOfDirectory(stream: string): boolean {
  const { kind } = partsOfStream(stream);
  return kind === 'person' || kind === 'team' || stream === streamOf.places || stream === streamOf.settings;
}

function revocationsIn(one: Told): readonly Revocation[] {
  return dataOf(one, removedPersonSchema).revocations ?? [];
}

function idOf({ stream }: Told): string {
  return partsOfStream(stream).id;
}
