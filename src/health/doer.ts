import type { Check } from '../ports/health.ts';
import type { ServerSeen } from '../ports/servers.ts';
import { MAX_ABSENT_SECONDS, MAX_SILENT_SECONDS } from './limits.ts';
import type { Measures } from './measures.ts';
import { secondsInWords } from './words.ts';

/** Who does what only one server may do at a time. */
export type Doer =
  /** `isSure`: PostgreSQL says so; else it has not been heard of for too long */
  | { readonly kind: 'this'; readonly isSure: boolean }
  | {
      readonly kind: 'other';
      readonly name: string;
      readonly server: ServerSeen | null;
      /** since it was heard of last; null: it never was */
      readonly silentSeconds: number | null;
    }
  /** `hadOne`: it was done before */
  | { readonly kind: 'nobody'; readonly hadOne: boolean }
  | { readonly kind: 'unknown' };

export type Other = Extract<Doer, { kind: 'other' }>;

export type Around = Pick<Measures, 'self' | 'leases' | 'servers' | 'at'>;

/** By this process's own lease if it wants it, else by what PostgreSQL tells of the others. */
export function doerOf(lease: string, around: Around): Doer {
  const { leases, servers } = around;
  const own = leases.get(lease);
  if (own === 'held' || own === 'lost') return { kind: 'this', isSure: own === 'held' };
  if (servers.last === null || servers.trouble !== null) return { kind: 'unknown' };
  const { leases: taken, olderServes } = servers.last.value;
  const found = taken.find(({ name }) => name === lease);
  const holder = found?.holder ?? null;
  if (holder === null) return olderServes ? OLDER_RELEASE : { kind: 'nobody', hadOne: found !== undefined };
  const server = seenServers(around).find(({ id }) => id === holder.id) ?? null;
  return { kind: 'other', name: holder.name, server, silentSeconds: server?.silentSeconds ?? null };
}

/** A `serve` that knows no leases keeps all of them away. */
const OLDER_RELEASE: Doer = {
  kind: 'other',
  name: 'a `serve` of an older release',
  server: null,
  silentSeconds: null,
};

/** What is wrong when the one who does it tells nothing; null: it does. */
export function silenceOf({ name, silentSeconds: seconds }: Other, does: string): Check | null {
  if (seconds === null) return { status: 'warn', detail: `${name} ${does}, but has not told how that is.` };
  if (seconds < MAX_SILENT_SECONDS) return null;
  const status = seconds < MAX_ABSENT_SECONDS ? 'warn' : 'fail';
  return { status, detail: `${name} ${does}, but was not heard of for ${secondsInWords(seconds)}.` };
}

/** As of now: they have been silent since they were heard of, too. */
export function seenServers({ servers: { last }, at }: Pick<Around, 'servers' | 'at'>): readonly ServerSeen[] {
  if (last === null) return [];
  const seconds = (at - last.at) / 1_000_000;
  return last.value.servers.map((one) => ({ ...one, silentSeconds: one.silentSeconds + seconds }));
}

export function isLiving({ silentSeconds }: ServerSeen): boolean {
  return silentSeconds < MAX_ABSENT_SECONDS;
}

/** Of the PBXs that this server or another one listens to, or would. */
export function knownPbxs(around: Around): readonly string[] {
  const others = seenServers(around).flatMap(({ does }) => does.pbxs);
  return [...new Set([...around.self.does.pbxs, ...others])];
}
