import type { ServerSeen } from '../ports/servers.ts';
import { MAX_SERVER_CLOCKS_MS } from './limits.ts';

/** What servers on one database must have alike. */
export type Compared = Pick<ServerSeen, 'name' | 'program' | 'does' | 'fingerprints' | 'clockOffsetMs'>;

/** What they do not have alike, and what to do. */
export type Difference = { readonly what: string; readonly advice: string };

/**
 * What differs between servers. The other fingerprints are keyed by the secret: of servers whose secrets differ nothing more
 * can be compared.
 */
export function differencesOf(servers: readonly Compared[]): readonly Difference[] {
  const secrets = [...byFingerprint(servers, 'secret', SECRET)];
  return [
    ...byName(servers),
    ...secrets,
    ...(secrets.length > 0 ? [] : bySetting(servers)),
    ...byProgram(servers),
    ...byClock(servers),
  ];
}

const SECRET = {
  what: 'their secrets differ, so that a token or link of one is nothing to the others',
  advice: 'give all the same AUTH_SECRET_FILE',
};
const SETTINGS: Readonly<Record<string, Difference>> = {
  log: { what: 'their logs differ', advice: 'give all the same EVENTSTORE_URL, or none' },
  rules: { what: 'their rules differ', advice: 'give all the same RULES_FILE and COUNTRY' },
  settings: { what: 'the settings of their rules differ', advice: 'give all the same RULES_FILE' },
  public_url: { what: 'browsers are told different addresses', advice: 'give all the same PUBLIC_URL' },
};

function* byName(servers: readonly Compared[]): Generator<Difference> {
  const names = servers.map(({ name }) => name);
  for (const twice of new Set(names.filter((name, index) => names.indexOf(name) !== index))) {
    yield { what: `several servers are called ${twice}`, advice: 'give each a SERVER_NAME of its own' };
  }
}

function* bySetting(servers: readonly Compared[]): Generator<Difference> {
  for (const [setting, words] of Object.entries(SETTINGS)) yield* byFingerprint(servers, setting, words);
  const listening = servers.filter(({ does }) => does.pbxs.length > 0);
  for (const pbx of new Set(listening.flatMap(({ does }) => does.pbxs))) {
    const hasNot = listening.filter(({ does }) => !does.pbxs.includes(pbx));
    yield* byFingerprint(listening, `pbx ${pbx}`, {
      what: `PBX ${pbx} is reached in different ways`,
      advice: 'give all the same host, port and user for it',
    });
    if (hasNot.length > 0) {
      const what = `PBX ${pbx} is not configured at ${listed(hasNot.map(({ name }) => name))}`;
      yield { what, advice: 'configure it there too, or nobody stands by for it' };
    }
  }
}

function* byFingerprint(servers: readonly Compared[], of: string, words: Difference): Generator<Difference> {
  const groups = groupsOf(servers, ({ fingerprints }) => fingerprints[of]);
  if (groups.size > 1) yield { ...words, what: `${words.what} (${[...groups.values()].map(listed).join(' / ')})` };
}

function* byProgram(servers: readonly Compared[]): Generator<Difference> {
  const groups = groupsOf(servers, ({ program }) => program);
  if (groups.size < 2) return;
  const versions = [...groups].map(([program, names]) => `${program}: ${listed(names)}`);
  yield { what: `their programs differ (${versions.join(' / ')})`, advice: 'go on with the upgrade' };
}

/** Between those that are furthest apart. */
function* byClock(servers: readonly Compared[]): Generator<Difference> {
  const clocks = servers
    .flatMap(({ name, clockOffsetMs: ms }) => (ms === null ? [] : [{ name, ms }]))
    .sort((one, other) => one.ms - other.ms);
  const [first, last] = [clocks[0], clocks.at(-1)];
  if (first === undefined || last === undefined || last.ms - first.ms <= MAX_SERVER_CLOCKS_MS) return;
  const seconds = ((last.ms - first.ms) / 1000).toFixed(1);
  yield {
    what: `the clock of ${last.name} is ${seconds} s ahead of that of ${first.name}`,
    advice: 'let both use NTP, then start the one that was wrong again',
  };
}

/** Names of servers by what they have; those that have none are left out. */
function groupsOf(servers: readonly Compared[], propertyOf: (server: Compared) => string | undefined) {
  const groups = new Map<string, string[]>();
  for (const server of servers) {
    const value = propertyOf(server);
    if (value !== undefined) groups.set(value, [...(groups.get(value) ?? []), server.name]);
  }
  return groups;
}

function listed(names: readonly string[]): string {
  return names.join(', ');
}
