import { setTimeout as sleep } from 'node:timers/promises';
import type { ClusterNode } from './nodes.ts';

type Fault = (leader: ClusterNode, followers: readonly ClusterNode[]) => Promise<void>;

/** What happens to a cluster; what has ended is started again afterwards. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'kill-leader': (leader) => kill([leader], 15_000),
  'kill-follower': (_, followers) => kill(followers.slice(0, 1), 15_000),
  'kill-followers': (_, followers) => kill(followers, 15_000),
  'kill-all': (leader, followers) => kill([leader, ...followers], 10_000),
  'freeze-leader': (leader) => freeze([leader], 30_000),
  'freeze-follower': (_, followers) => freeze(followers.slice(0, 1), 15_000),
  'freeze-followers': (_, followers) => freeze(followers, 25_000),
};

async function kill(nodes: readonly ClusterNode[], ms: number): Promise<void> {
  for (const node of nodes) node.signal('SIGKILL');
  await sleep(ms);
}

async function freeze(nodes: readonly ClusterNode[], ms: number): Promise<void> {
  for (const node of nodes) node.signal('SIGSTOP');
  await sleep(ms);
  for (const node of nodes) node.signal('SIGCONT');
}
