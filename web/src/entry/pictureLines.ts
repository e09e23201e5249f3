import type { Entry } from '../api/types.ts';

type Stretch = NonNullable<Entry['course']>[number];

/** `up`: a phone or a machine has picked up; whether it spoke with the outside party the segments tell. */
export type What = Stretch['what'] | 'up';

/** Part of a line, in milliseconds since the epoch; null: nobody knows when. `with`: as in the course. */
export type Span = {
  readonly what: What;
  readonly with: string | null;
  readonly from: number | null;
  readonly to: number | null;
};
export type TimedSpan = Span & { readonly from: number; readonly to: number };
export type Line = {
  readonly key: string;
  readonly kind: 'outside' | 'trunk' | 'extension' | 'machine' | 'other';
  readonly party: string;
  readonly spans: readonly Span[];
};

type Pictured = Pick<Entry, 'course' | 'legs' | 'segments' | 'trunk' | 'direction' | 'ext_message_id'>;

/**
 * The line of the outside party, as the call's course tells it, and one for each phone, machine and other trunk (not the halves of
 * Local channels: nobody sits at them). A channel that is Up talks only where a segment says so.
 */
export function linesOf(entry: Pictured): {
  readonly lines: readonly Line[];
  readonly start: number;
  readonly end: number;
} {
  const { legs, segments } = entry;
  const own = entry.course === null ? undefined : ownLeg(entry);
  const outside: Line = { key: 'outside', kind: 'outside', party: '', spans: (entry.course ?? []).map(spanOf) };
  const phones = legs
    .filter((leg) => leg.kind !== 'local' && leg !== own)
    .map(({ channel, kind, party, from, answered, to, holds }): Line => {
      const talks = segments.filter((segment) => segment.channel === channel).map(spanOfTalk);
      return {
        key: channel,
        kind: kind === 'local' ? 'other' : kind,
        party,
        spans: [
          ...span('ringing', from, answered ?? to),
          ...without(span('up', answered, to), talks),
          ...talks,
          ...holds.flatMap((hold) => span('hold', hold.from, hold.to ?? to)),
        ],
      };
    });
  const unseen = segments.filter(({ channel }) => !legs.some((leg) => leg.channel === channel));
  const others = unseen.map((segment): Line => {
    const { party, channel, from } = segment;
    return { key: `${channel} ${from}`, kind: 'extension', party, spans: [spanOfTalk(segment)] };
  });
  const lines = [outside, ...phones, ...others].filter(({ spans }) => spans.length > 0);
  const times = lines.flatMap(({ spans }) => spans.filter(isTimed).flatMap(({ from, to }) => [from, to]));
  return { lines, start: Math.min(...times), end: Math.max(...times) };
}

export function isTimed(span: Span): span is TimedSpan {
  return span.from !== null && span.to !== null;
}

/** What is drawn, each once, for the legend. */
export function shownIn(lines: readonly Line[]): readonly What[] {
  return [...new Set(lines.flatMap(({ spans }) => spans.filter(isTimed).map(({ what }) => what)))];
}

/** That of the outside party itself: the one that came in; of those that were called the one that answered, else the last. */
function ownLeg({ legs, trunk, direction, ext_message_id: id }: Pictured): Entry['legs'][number] | undefined {
  if (direction !== 'outbound') return legs.find(({ uniqueid }) => uniqueid === id);
  const called = legs.filter(({ kind, party }) => kind === 'trunk' && party === trunk);
  return called.find(({ answered }) => answered !== null) ?? called.at(-1);
}

/** So long it takes from picking up to the talk: nothing to show. */
const BLINK_MS = 1_000;

/** Another party inside went on with the outside party, at `at` (milliseconds since the epoch). */
export type HandOver = { readonly from: string; readonly to: string; readonly at: number };

/** Transfers as the outside party saw them: the segments tell who spoke when. */
export function handOversOf(segments: Entry['segments']): readonly HandOver[] {
  return segments.flatMap((segment, index) => {
    const before = segments[index - 1];
    if (before === undefined || before.party === segment.party || segment.from === null) return [];
    const at = Date.parse(segment.from);
    // who goes on speaking has put nobody through: a conference
    if (before.to !== null && Date.parse(before.to) - at > BLINK_MS) return [];
    return [{ from: before.party, to: segment.party, at }];
  });
}

/** What is left of spans in which no talk is. */
function without(spans: readonly TimedSpan[], talks: readonly Span[]): readonly TimedSpan[] {
  return talks.filter(isTimed).reduce<readonly TimedSpan[]>(
    (left, talk) =>
      left.flatMap((one) =>
        [
          { ...one, to: Math.min(one.to, talk.from) },
          { ...one, from: Math.max(one.from, talk.to) },
        ].filter(({ from, to }) => to - from > BLINK_MS),
      ),
    spans,
  );
}

function spanOf({ what, with: other, from, to }: Stretch): Span {
  return { what, with: other, from: momentOf(from), to: momentOf(to) };
}

function spanOfTalk({ from, to }: Entry['segments'][number]): Span {
  return { what: 'talk', with: null, from: momentOf(from), to: momentOf(to) };
}

/** None that takes no time, or of which one end is not known. */
function span(what: What, from: string | null, to: string | null): TimedSpan[] {
  const one = { what, with: null, from: momentOf(from), to: momentOf(to) };
  return isTimed(one) && one.to > one.from ? [one] : [];
}

function momentOf(time: string | null): number | null {
  return time === null ? null : Date.parse(time);
}
