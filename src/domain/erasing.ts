/** What has to go from the log when a call is erased (decision 20), and where else a person stands. */
import { entryId } from './callId.ts';
import { canNameStream } from './channelId.ts';
import { isSessionStream, type Json, type RecordedEvent, streamOf } from './events.ts';
import type { Fact } from './facts/fact.ts';
import { callKeysOf, callsOf } from './facts/grouping.ts';
import { lookupKey } from './phone/index.ts';
import { shortText } from './shortText.ts';

// ── calls ────────────────────────────────────────────────────────────────────────────────────────────────────────

/** A fact of a PBX and where it stands. */
export type LoggedFact = { readonly fact: Fact; readonly stream: string; readonly revision: bigint };

export type ErasedCalls = {
  /** ids of the calls, their channels and bridges: a fact that comes with one of them is theirs */
  readonly keys: readonly string[];
  /** ids that an entry of them has, had or could have had */
  readonly entryIds: readonly string[];
  /** streams that go as a whole, also those that a late fact could come to */
  readonly streams: readonly string[];
  /** single facts in the stream of a session */
  readonly mixed: readonly { readonly stream: string; readonly revision: bigint }[];
};

/**
 * Of facts of one PBX that were folded together, what goes with the calls that have one of the `wanted` entries. A call
 * that shares a stream with one of them goes too. Where no call has such an entry, all of them go.
 */
export function callsToErase(facts: readonly LoggedFact[], wanted: ReadonlySet<string>): ErasedCalls {
  const places = new Map(facts.map((logged) => [logged.fact, logged]));
  const calls = callsOf([...places.keys()]).map((own) => callOf(own, places));
  const asked = calls.filter(({ entryIds }) => entryIds.some((id) => wanted.has(id)));
  const taken = withSharers(asked.length > 0 ? asked : calls, calls);
  const all = <T>(of: (call: ErasedCalls) => readonly T[]) => [...new Set(taken.flatMap(of))];
  return {
    keys: all(({ keys }) => keys),
    entryIds: all(({ entryIds }) => entryIds),
    streams: all(({ streams }) => streams),
    mixed: all(({ mixed }) => mixed),
  };
}

function callOf(facts: readonly Fact[], places: ReadonlyMap<Fact, LoggedFact>): ErasedCalls {
  const keys = [...new Set(facts.flatMap(callKeysOf))];
  const pbx = facts[0]?.pbx ?? '';
  const ids = keys.filter((key) => !key.startsWith('bridge:'));
  const entryIds = ids.map((id) => entryId(pbx, id));
  const logged = facts.map((fact) => places.get(fact)).filter((place) => place !== undefined);
  const own = logged.filter(({ stream }) => !isSessionStream(stream)).map(({ stream }) => stream);
  const later = ids.filter(canNameStream).flatMap((id) => [streamOf.call(pbx, id), streamOf.record(pbx, id)]);
  return {
    keys,
    entryIds,
    streams: [
      ...new Set([...own, ...later, ...entryIds.flatMap((id) => [streamOf.annotation(id), streamOf.callBack(id)])]),
    ],
    // one that names no channel (a bridge was made) tells of nobody
    mixed: logged
      .filter(({ stream, fact }) => isSessionStream(stream) && fact.channels.length > 0)
      .map(({ stream, revision }) => ({ stream, revision })),
  };
}

function withSharers(taken: readonly ErasedCalls[], calls: readonly ErasedCalls[]): readonly ErasedCalls[] {
  const streams = new Set(taken.flatMap((call) => call.streams));
  const more = calls.filter((call) => call.streams.some((stream) => streams.has(stream)));
  return more.length > taken.length ? withSharers(more, calls) : taken;
}

// ── mentions ─────────────────────────────────────────────────────────────────────────────────────────────────────

/** Numbers in any spelling, names as they were written. */
export type Person = { readonly numbers: readonly string[]; readonly names: readonly string[] };

/**
 * Tells whether an event's data holds a number or the name of a person. A number of enough digits is found inside other
 * text (`PJSIP/302109999999-00000001`), whatever its prefixes; a shorter one, and a name, only by itself.
 */
export function mentionsOf({ numbers, names }: Person): (event: Pick<RecordedEvent, 'data'>) => boolean {
  const suffixes = [...new Set(numbers.map((number) => lookupKey(number, null)).filter((suffix) => suffix !== null))];
  // names come from rows, which keep the beginning of a long one
  const comparable = (text: string) => shortText(text.trim()).trim();
  const texts = new Set([...numbers, ...names].map(comparable).filter((text) => text !== ''));
  const holds = (value: Json): boolean => {
    if (typeof value === 'string') {
      if (texts.has(comparable(value))) return true;
      const digits = value.replace(/[ ()./-]/g, '');
      return suffixes.some((suffix) => digits.includes(suffix));
    }
    return typeof value === 'object' && value !== null && Object.values(value).some(holds);
  };
  return ({ data }) => holds(data);
}
