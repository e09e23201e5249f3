import type { Entry } from '../api/types.ts';
import { oursOf, speakerOf, speakersOf, whoOf } from '../format/party.ts';
import type { Dictionary } from '../i18n/en.ts';

/** Of an entry what is told of it. */
type Told = Pick<
  Entry,
  | 'direction'
  | 'outcome'
  | 'source'
  | 'customer'
  | 'external_name'
  | 'external_number'
  | 'external_number_raw'
  | 'did'
  | 'did_name'
  | 'queues'
  | 'queue_names'
  | 'people'
  | 'extensions'
  | 'rang'
  | 'segments'
  | 'ring_seconds'
  | 'duration_seconds'
  | 'handled_by_machine'
>;

/** Seconds in words. */
type InWords = (seconds: number) => string;

/** What happened, in a sentence or two: who called whom, what became of it, and how long it took. */
export function storyOf(entry: Told, t: Dictionary, inWords: InWords): string {
  const parts = [begin(entry, t), ...end(entry, t, inWords)];
  if (entry.source === 'manual') parts.push(t.story.byHand);
  // of a name that ends with a full stop
  const told = parts.filter((part) => part !== '').join(' ');
  return told.replace(/\.\.(?= |$)/g, '.');
}

function begin(entry: Told, t: Dictionary): string {
  const who = whoOf(entry, t);
  if (entry.direction === 'internal') return t.story.internal(named([...entry.extensions, ...entry.rang], entry, t));
  if (entry.direction === 'outbound') return t.story.outbound(named(entry.extensions, entry, t), who);
  return t.story.inbound(who, oursOf(entry) ?? '');
}

function end(entry: Told, t: Dictionary, inWords: InWords): readonly string[] {
  const { story } = t;
  const lasted = (seconds: number | null) => (seconds === null || seconds === 0 ? '' : inWords(seconds));
  const rang = lasted(entry.ring_seconds);
  const talked = lasted(entry.duration_seconds);
  const queues = entry.queues ?? [];
  const waited =
    queues.length === 0 ? '' : story.waited(queues.map((queue) => entry.queue_names[queue] ?? queue).join(', '));
  const isOutbound = entry.direction === 'outbound';
  const wentOn = (party: string) => story.wentOn(speakerOf(party, t, entry.people));
  if (entry.outcome === 'answered') {
    const [first = '', ...others] = inTurn(entry);
    if (isOutbound || first === '') return [waited, story.answered(rang, talked), ...others.map(wentOn)];
    const name = speakerOf(first, t, entry.people);
    if (others.length === 0) return [waited, story.answeredBy(name, rang, talked)];
    return [waited, story.answeredBy(name, rang, ''), ...others.map(wentOn), talked && story.inAll(talked)];
  }
  if (entry.handled_by_machine) return [waited, story.machine];
  if (isOutbound) return [entry.outcome === 'missed' ? story.noAnswer(rang) : story.notReached[entry.outcome]];
  return [waited, story.notAnswered[entry.outcome](rang)];
}

/** In the order in which they spoke with the outside party: who follows another one took over from him. */
function inTurn({ segments, extensions }: Told): readonly string[] {
  if (segments.length === 0) return extensions.slice(0, 1);
  const parties = segments.map(({ party }) => party);
  return parties.filter((party, n) => party !== parties[n - 1]);
}

function named(parties: readonly string[], { people }: Told, t: Dictionary): string {
  return speakersOf([...new Set(parties)], t, people).join(', ');
}
