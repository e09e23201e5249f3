import type { Entry } from '../api/types.ts';

/** Part of a line, in milliseconds since the epoch. */
export type Span = { readonly what: 'rings' | 'talks' | 'holds'; readonly from: number; readonly to: number };
export type Line = {
  readonly key: string;
  readonly kind: 'trunk' | 'extension' | 'machine' | 'other' | 'spoke';
  readonly party: string;
  readonly spans: readonly Span[];
};

/** A line for each leg (not the halves of Local channels: nobody sits at them), then one for each who spoke. */
export function linesOf({ legs, segments }: Pick<Entry, 'legs' | 'segments'>): {
  readonly lines: readonly Line[];
  readonly start: number;
  readonly end: number;
} {
  const lines: Line[] = legs
    .filter(({ kind }) => kind !== 'local')
    .map(({ channel, kind, party, from, answered, to, holds }) => ({
      key: channel,
      kind: kind === 'local' ? 'other' : kind,
      party,
      spans: [
        ...span('rings', from, answered ?? to),
        ...span('talks', answered, to),
        ...holds.flatMap((hold) => span('holds', hold.from, hold.to ?? to)),
      ],
    }));
  const spoke: Line[] = segments.map(({ party, channel, from, to }) => ({
    key: `spoke ${channel} ${from}`,
    kind: 'spoke',
    party,
    spans: span('talks', from, to),
  }));
  const drawn = [...lines, ...spoke].filter(({ spans }) => spans.length > 0);
  const times = drawn.flatMap(({ spans }) => spans.flatMap(({ from, to }) => [from, to]));
  return { lines: drawn, start: Math.min(...times), end: Math.max(...times) };
}

/** Another party inside went on with the outside party, at `at` (milliseconds since the epoch). */
export type HandOver = { readonly from: string; readonly to: string; readonly at: number };

/** Transfers as the outside party saw them: the segments tell who spoke when. */
export function handOversOf(segments: Entry['segments']): readonly HandOver[] {
  return segments.flatMap((segment, index) => {
    const before = segments[index - 1];
    if (before === undefined || before.party === segment.party || segment.from === null) return [];
    return [{ from: before.party, to: segment.party, at: Date.parse(segment.from) }];
  });
}

function span(what: Span['what'], from: string | null, to: string | null): Span[] {
  return from === null || to === null ? [] : [{ what, from: Date.parse(from), to: Date.parse(to) }];
}
