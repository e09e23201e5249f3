/** Which of two channels is older. */
import { compareCallIds, parseCallId } from '../callId.ts';
import { byPlace } from '../facts/hearing.ts';
import type { Channel } from './channel.ts';

export type Ages = (a: string, b: string) => number;

/**
 * Compares uniqueids, older channels first: by their seconds, and where those run against their counters, because the PBX's
 * clock was set, as the channels were heard to open.
 */
export function byAge(channels: ReadonlyMap<string, Channel>): Ages {
  return runBack(channels) ? asHeard(channels) : compareCallIds;
}

/** In nearly all groups the seconds of channels grow as they are heard of, and nothing else has to be asked. */
function runBack(channels: ReadonlyMap<string, Channel>): boolean {
  let newest = Number.NEGATIVE_INFINITY;
  for (const { uniqueid, opening } of channels.values()) {
    const second = opening === null ? null : (parseCallId(uniqueid)?.second ?? null);
    if (second === null) continue;
    if (second < newest) return true;
    newest = second;
  }
  return false;
}

function asHeard(channels: ReadonlyMap<string, Channel>): Ages {
  return (a, b) => {
    const byId = compareCallIds(a, b);
    if (!isAgainstCounters(a, b)) return byId;
    const [one, other] = [channels.get(a)?.opening?.place, channels.get(b)?.opening?.place];
    return one && other ? byPlace(one, other) || byId : byId;
  };
}

function isAgainstCounters(a: string, b: string): boolean {
  const [one, other] = [parseCallId(a), parseCallId(b)];
  return one !== null && other !== null && (one.second - other.second) * (one.counter - other.counter) < 0;
}
