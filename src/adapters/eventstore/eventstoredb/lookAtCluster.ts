import { z } from 'zod';
import { hostsOf } from './connectionString.ts';
import { createNodeReader, type NodeAnswer } from './nodeHttp.ts';

const ANSWER_MS = 5_000;

/** A node as the nodes tell of it, which is where the client goes, whatever the connection string calls it. */
export type ClusterMember = {
  /** `host:port` */
  readonly host: string;
  /** `Leader`, `Follower` … */
  readonly state: string;
  readonly isAlive: boolean;
  /** why it cannot be asked under that name from here; null: it can */
  readonly unreachable: string | null;
};

export type ClusterView = {
  /** empty: no node tells of any */
  readonly members: readonly ClusterMember[];
  /** the hosts of the connection string that do not answer, and why */
  readonly silent: readonly { readonly host: string; readonly why: string }[];
};

const gossip = z.object({
  members: z.array(
    z.object({
      state: z.string(),
      isAlive: z.boolean(),
      httpEndPointIp: z.string(),
      httpEndPointPort: z.number(),
    }),
  ),
});

/** Asks the nodes of a connection string which nodes there are, and each of those whether it can be reached by its name. */
export async function lookAtCluster(url: string): Promise<ClusterView> {
  const ask = createNodeReader(url, ANSWER_MS);
  const hosts = hostsOf(url);
  const answers = await Promise.all(hosts.map(async (host) => ({ host, answer: await ask(host, '/gossip') })));
  const told = answers.map(({ answer }) => membersOf(answer)).find((members) => members.length > 0) ?? [];
  const members = await Promise.all(
    told.map(async (member) => {
      const answer = member.isAlive ? await ask(member.host, '/info') : null;
      return { ...member, unreachable: answer !== null && 'failure' in answer ? answer.failure : null };
    }),
  );
  const silent = answers.flatMap(({ host, answer }) => {
    if ('json' in answer) return [];
    return [{ host, why: 'status' in answer ? `HTTP ${answer.status}` : answer.failure }];
  });
  return { members, silent };
}

function membersOf(answer: NodeAnswer): readonly Omit<ClusterMember, 'unreachable'>[] {
  const { data } = gossip.safeParse('json' in answer ? answer.json : null);
  return (data?.members ?? []).map(({ state, isAlive, httpEndPointIp, httpEndPointPort }) => ({
    host: `${httpEndPointIp}:${httpEndPointPort}`,
    state,
    isAlive,
  }));
}
