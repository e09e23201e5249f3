import type { Check, ServerShown } from '../ports/health.ts';
import { leaseOnPbx } from '../ports/lease.ts';
import type { LeaseSeen, ServerSeen, ServersSeen } from '../ports/servers.ts';
import { differencesOf } from './compareServers.ts';
import { type Around, doerOf, isLiving, seenServers } from './doer.ts';
import { secondsInWords } from './words.ts';

/** Which server does what, and whether all are set up alike. */
export function serversCheck(around: Around): Check {
  const { self, servers, leases } = around;
  const shown = shownServers(around);
  const detail = shown.map(inWords).join('; ');
  const asSelf = seenServers(around).find(({ id }) => id === self.id);
  if (asSelf !== undefined && asSelf.startedAt !== self.startedAt && isLiving(asSelf)) {
    const copied = 'another process says that it is this server, as where DATA_DIR was copied';
    return {
      status: 'fail',
      detail: `${detail}; ${copied}: remove server.json from one of the two, and start it again`,
    };
  }
  if (self.does.pbxs.some((pbx) => leases.get(leaseOnPbx(pbx)) === 'lost')) {
    const lost = 'PostgreSQL does not say what is this one’s to do: what PBXs say waits in the journal';
    return { status: 'fail', detail: `${detail}; ${lost}` };
  }
  if (servers.last === null || servers.trouble !== null) {
    return { status: 'warn', detail: `${detail}; PostgreSQL does not say how the others are` };
  }
  const living = seenServers(around).filter(isLiving);
  if (!living.some(({ does }) => does.projects)) {
    const advice = 'no server keeps the call log up to date: start one without `--only http`';
    return { status: 'fail', detail: `${detail}; ${advice}` };
  }
  const differences = differencesOf(living).map(({ what, advice }) => `${what}: ${advice}`);
  if (differences.length === 0) return { status: 'pass', detail };
  return { status: 'warn', detail: [detail, ...differences].join('; ') };
}

/** The same for whoever looks at them: this one first, then the others by name. */
export function shownServers(around: Around): readonly ServerShown[] {
  const { self } = around;
  const others = seenServers(around)
    .filter(({ id }) => id !== self.id)
    .sort((one, other) => one.name.localeCompare(other.name));
  return [shownSelf(around), ...others.map((server) => shownOther(server, around.servers.last?.value.leases ?? []))];
}

/** Those that live, each in words, for who is none of them. */
export function livingServers({ servers, leases }: ServersSeen): readonly { server: ServerSeen; words: string }[] {
  return servers.filter(isLiving).map((server) => ({ server, words: inWords(shownOther(server, leases)) }));
}

/** Of itself a server knows more than PostgreSQL does. */
function shownSelf(around: Around): ServerShown {
  const { self, leases } = around;
  const listensTo = self.does.pbxs.filter((pbx) => doerOf(leaseOnPbx(pbx), around).kind === 'this');
  const projects = versionsOf([...leases].filter(([, state]) => state === 'held').map(([lease]) => lease));
  return { ...shown(self, { listensTo, projects }), isThisOne: true, silentSeconds: 0, isLiving: true };
}

function shownOther(server: ServerSeen, leases: readonly LeaseSeen[]): ServerShown {
  const held = leases.filter(({ holder }) => holder?.id === server.id);
  const names = held.map(({ name }) => name);
  const listensTo = server.does.pbxs.filter((pbx) => names.includes(leaseOnPbx(pbx)));
  const { silentSeconds } = server;
  return {
    ...shown(server, { listensTo, projects: versionsOf(names) }),
    isThisOne: false,
    silentSeconds,
    isLiving: isLiving(server),
  };
}

type Doing = Pick<ServerShown, 'listensTo' | 'projects'>;

function shown({ name, program, startedAt, does }: Around['self'], { listensTo, projects }: Doing) {
  return {
    name,
    program,
    startedAt,
    listensTo,
    standsByFor: does.pbxs.filter((pbx) => !listensTo.includes(pbx)),
    projects,
    standsByToProject: does.projects && projects.length === 0,
  };
}

function versionsOf(leases: readonly string[]): readonly number[] {
  return leases.flatMap((lease) => /^version:(\d+)$/.exec(lease)?.slice(1).map(Number) ?? []).sort((a, b) => a - b);
}

function inWords(server: ServerShown): string {
  const {
    name,
    isThisOne,
    silentSeconds,
    isLiving: lives,
    listensTo,
    standsByFor,
    projects,
    standsByToProject,
  } = server;
  if (!lives) return `${name} was heard of last ${secondsInWords(silentSeconds)} ago`;
  const does = [
    ...(listensTo.length > 0 ? [`listens to ${listensTo.join(', ')}`] : []),
    ...(standsByFor.length > 0 ? [`stands by for ${standsByFor.join(', ')}`] : []),
    ...(projects.length > 0 ? [`projects version ${projects.join(', ')}`] : []),
    ...(standsByToProject ? ['stands by to project'] : []),
  ];
  return `${name}${isThisOne ? ' (this one)' : ''} ${does.length === 0 ? 'answers HTTP alone' : does.join(', ')}`;
}
