import { type FakeEventStoreDb, startFakeEventStoreDb } from './index.ts';

export type FakeCluster = {
  readonly nodes: readonly FakeEventStoreDb[];
  /** `host:port` of each */
  readonly hosts: readonly string[];
  /** All nodes tell that this one leads, or that there is no leader. */
  elect(leader: FakeEventStoreDb | null): void;
  stop(): void;
};

/** Nodes with one log, of which the first leads; all of them tell the same of the cluster. */
export async function startFakeCluster(size: number): Promise<FakeCluster> {
  const nodes: FakeEventStoreDb[] = [];
  for (let n = 0; n < size; n += 1) nodes.push(await startFakeEventStoreDb());
  const [first] = nodes;
  for (const node of nodes) if (first) node.replaceLog(first.log);
  const elect = (leader: FakeEventStoreDb | null) => {
    for (const node of nodes)
      node.members = nodes.map((member) => ({
        port: member.port,
        state: leader === null ? 'candidate' : member === leader ? 'leader' : 'follower',
      }));
  };
  elect(first ?? null);
  return {
    nodes,
    hosts: nodes.map(({ port }) => `127.0.0.1:${port}`),
    elect,
    stop() {
      for (const node of nodes) node.stop();
    },
  };
}
