import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Links } from './links.ts';
import type { ClusterNode } from './node.ts';

export type Roles = {
  readonly leader: ClusterNode;
  readonly followers: readonly [ClusterNode, ClusterNode];
  readonly links: Links;
};

/** Does it, and takes it away again; what has ended by it stays so. */
type Fault = (roles: Roles) => Promise<void>;

/** What happens to a cluster; docs/reliability.md says what comes of each. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  'kill-leader': ({ leader }) => kill([leader], 15_000),
  'kill-follower': ({ followers: [follower] }) => kill([follower], 15_000),
  'kill-followers': ({ followers }) => kill(followers, 15_000),
  'kill-all': ({ leader, followers }) => kill([leader, ...followers], 10_000),
  'freeze-leader': ({ leader }) => freeze([leader], 30_000),
  'freeze-follower': ({ followers: [follower] }) => freeze([follower], 15_000),
  'freeze-followers': ({ followers }) => freeze(followers, 25_000),
  'cut-leader': ({ links, leader, followers }) => cut(links, [...pairs(leader, followers), [leader.n]], 25_000),
  'cut-leader-from-followers': ({ links, leader, followers }) => cut(links, pairs(leader, followers), 25_000),
  'cut-leader-from-here': ({ links, leader }) => cut(links, [[leader.n]], 20_000),
  'cut-follower': ({ links, leader, followers: [follower, other] }) =>
    cut(links, [...pairs(follower, [leader, other]), [follower.n]], 20_000),
  'cut-all-from-here': ({ links, leader, followers: [one, other] }) =>
    cut(links, [[leader.n], [one.n], [other.n]], 20_000),
  'disk-full-leader': ({ leader }) => fillDisk(leader, 25_000),
  'disk-full-follower': ({ followers: [follower] }) => fillDisk(follower, 25_000),
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

/** Between two nodes, or a node and this machine, on which commslog runs. */
type Link = readonly [one: number, other?: number];

async function cut(links: Links, between: readonly Link[], ms: number): Promise<void> {
  for (const link of between) links.cut(...link);
  await sleep(ms);
  links.mend();
}

function pairs(one: ClusterNode, others: readonly ClusterNode[]): readonly Link[] {
  return others.map(({ n }) => [one.n, n]);
}

async function fillDisk({ disk }: ClusterNode, ms: number): Promise<void> {
  const ballast = join(disk, 'ballast');
  // until it can write no more, whatever the node takes meanwhile
  spawnSync('dd', ['if=/dev/zero', `of=${ballast}`, 'bs=1M'], { stdio: 'ignore' });
  await sleep(ms);
  rmSync(ballast);
}
