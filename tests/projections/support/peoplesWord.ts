// What people said, told again straight from their events: independent of the domain's own fold of annotations.
import { callLoggedSchema } from '../../../src/domain/acts/manualCall.ts';
import { peopleMetadataSchema, type RecordedEvent } from '../../../src/domain/events.ts';
import { fromRfc3339, type Micros, toRfc3339 } from '../../../src/domain/time.ts';

export type PeoplesWord = {
  readonly assignment: { readonly customerId: string | null } | null;
  readonly done_at: string | null;
  readonly notes: readonly { id: string; text: string; author: string; at: string }[];
};

/** From all events of all streams of an entry, in the order of the log. */
export function peoplesWord(events: readonly RecordedEvent[]): PeoplesWord {
  const assigned = lastOfLasts(events.filter(assigns));
  const marked = lastOfLasts(events.filter(({ type }) => type === 'CallMarkedDone' || type === 'CallMarkedOpen'));
  const notes = events.flatMap((event) => noteIn(event, events));
  return {
    assignment: assigned ? { customerId: customerIn(assigned) } : null,
    done_at: marked?.type === 'CallMarkedDone' ? recordedIn(marked) : null,
    notes: notes.toSorted((a, b) => (a.at === b.at ? (a.id < b.id ? -1 : 1) : a.at < b.at ? -1 : 1)),
  };
}

/** Into which entry's id (also a former one) each call logged by hand was said to go, by the uuids of these calls. */
export function saidMerges(annotations: readonly RecordedEvent[]): ReadonlyMap<string, string> {
  const said = annotations.filter(({ type }) => type === 'ManualCallMerged' || type === 'ManualCallSplit');
  const manuals = [...new Set(said.map(({ data }) => String(data.manual)))];
  return new Map(
    manuals.flatMap((manual): [string, string][] => {
      const about = said.filter(({ data }) => data.manual === manual);
      const last = latest(lasts(about).filter(({ type }) => type === 'ManualCallMerged'));
      return last ? [[manual, last.stream.slice('annotation-'.length)]] : [];
    }),
  );
}

function assigns({ type, data }: RecordedEvent): boolean {
  if (type === 'CallCorrected') return data.customer_id !== undefined;
  return type === 'CallAssigned' || type === 'CallUnassigned' || type === 'CallLogged';
}

function customerIn({ type, data }: RecordedEvent): string | null {
  return type === 'CallUnassigned' ? null : String(data.customer_id);
}

/** The note that an event leaves, unless a later event of its stream rewrote or removed it. */
function noteIn(event: RecordedEvent, events: readonly RecordedEvent[]): PeoplesWord['notes'] {
  const own = events.filter(({ stream }) => stream === event.stream);
  const logged = own.find(({ type }) => type === 'CallLogged');
  const isOfTheCall = event.type === 'CallLogged' || event.type === 'CallCorrected';
  const id = isOfTheCall ? (logged?.id ?? '') : event.id;
  const text = event.type === 'NoteAdded' ? event.data.text : isOfTheCall ? event.data.notes : undefined;
  if (text === undefined || text === '') return [];
  const isGone = own.some(
    ({ revision, type, data }) =>
      revision > event.revision &&
      ((type === 'NoteRemoved' && data.note_id === id) ||
        (isOfTheCall && type === 'CallCorrected' && data.notes !== undefined)),
  );
  if (isGone) return [];
  const author = peopleMetadataSchema.parse(event.metadata).actor.sub;
  return [{ id, text: String(text), author, at: recordedIn(event) }];
}

/** In each stream the last one counts, of the streams the one that was recorded last. */
function lastOfLasts(events: readonly RecordedEvent[]): RecordedEvent | undefined {
  return latest(lasts(events));
}

function lasts(events: readonly RecordedEvent[]): RecordedEvent[] {
  return [...new Map(events.map((event) => [event.stream, event])).values()];
}

function latest(events: readonly RecordedEvent[]): RecordedEvent | undefined {
  return events
    .toSorted((a, b) => {
      const [one, other] = [recordedIn(a), recordedIn(b)];
      return one === other ? Number(a.position - b.position) : one < other ? -1 : 1;
    })
    .at(-1);
}

function recordedIn({ metadata }: RecordedEvent): string {
  return inUtc(String(metadata.recorded_at));
}

/** What a call logged by hand is: its first event with what was corrected since; null when it is none, or void. */
export function loggedByHand(events: readonly RecordedEvent[]) {
  const [first, ...later] = events;
  if (first?.type !== 'CallLogged' || later.some(({ type }) => type === 'CallVoided')) return null;
  const corrections = later.filter(({ type }) => type === 'CallCorrected').map(({ data }) => data);
  const { direction, duration_seconds, occurred_at } = callLoggedSchema.parse(
    Object.assign({}, first.data, ...corrections),
  );
  return { direction, duration_seconds, occurred_at: inUtc(occurred_at) };
}

function inUtc(time: string): string {
  return toRfc3339(fromRfc3339(time) ?? (0 as Micros));
}
