import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import { createNodeReader } from '../../src/adapters/eventstore/eventstoredb/nodeHttp.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';
import { onTmpfs } from '../support/tmpfs.ts';
import { Authority } from './certificates.ts';
import type { Roles } from './faults.ts';
import { addressOf, Links } from './links.ts';
import { ClusterNode } from './node.ts';
import { addUser, type Login, secureUrl } from './user.ts';

const NODES = [1, 2, 3] as const;
/** Of each node; a chunk of its log, which is the most of it, takes room only when it is written. */
const DISK = 'size=600m,mode=0755';
const ANSWER_MS = 1_500;
const LOOK_AGAIN_MS = 500;
const WHOLE_MS = 180_000;
const infoSchema = z.object({ state: z.string() });

export type ClusterOptions = {
  /** starts a node by the settings of EventStoreDB that stand in its environment */
  readonly command: string;
  readonly isSecure: boolean;
};

/** Who leads; how often nodes had to be started before, and how many of them had ended by themselves. */
export type Whole = Pick<Roles, 'leader' | 'followers'> & { readonly started: number; readonly hadGivenUp: number };

/** Nodes of EventStoreDB, each with a disk and an address of its own. */
export class Cluster {
  readonly nodes: readonly ClusterNode[];
  readonly links: Links;
  /** what commslog is told */
  readonly url: string;
  readonly #ask: ReturnType<typeof createNodeReader>;

  private constructor(nodes: readonly ClusterNode[], links: Links, urls: Readonly<Record<'user' | 'admin', string>>) {
    this.nodes = nodes;
    this.links = links;
    this.url = urls.user;
    this.#ask = createNodeReader(urls.admin, ANSWER_MS);
  }

  /** Starts one with nothing in it, and takes all of it away afterwards. */
  static async run(options: ClusterOptions, work: (cluster: Cluster) => Promise<void>): Promise<void> {
    await onDisks(NODES.length, (disks) =>
      inTemporaryFolder(async (folder) => {
        const links = new Links(NODES.length);
        const authority = options.isSecure ? new Authority(folder) : null;
        const admin = newLogin('admin');
        const nodes = NODES.map((n, at) => {
          const [address, disk = ''] = [addressOf(n), disks[at]];
          const others = NODES.filter((other) => other !== n).map((other) => addressOf(other));
          const certificate = authority?.certify(address) ?? null;
          const { command } = options;
          const inside = links.inside(n);
          return new ClusterNode({ n, address, others, inside, command, disk, certificate, password: admin.password });
        });
        try {
          await work(await Cluster.#start({ nodes, links, authority, admin }));
        } finally {
          await Promise.all(nodes.map((node) => node.stop()));
          links.remove();
        }
      }),
    );
  }

  static async #start({ nodes, links, authority, admin }: Parts): Promise<Cluster> {
    const hosts = nodes.map(({ host }) => host);
    if (authority === null) {
      const url = `esdb://${hosts.join()}?tls=false`;
      const cluster = new Cluster(nodes, links, { user: url, admin: url });
      await cluster.untilWhole();
      return cluster;
    }
    const user = newLogin('commslog');
    const urlFor = (login: Login) => secureUrl(hosts, authority.file, login);
    const cluster = new Cluster(nodes, links, { user: urlFor(user), admin: urlFor(admin) });
    await cluster.untilWhole();
    await addUser(hosts, authority.file, admin, user);
    return cluster;
  }

  /** Starts what has ended, until one node leads and all others follow. */
  async untilWhole(): Promise<Whole> {
    let [started, hadGivenUp] = [0, 0];
    for (const until = Date.now() + WHOLE_MS; Date.now() < until; await sleep(LOOK_AGAIN_MS)) {
      const states = await this.#states();
      const [leader, ...more] = this.nodes.filter((_, n) => states[n] === 'leader');
      const [one, other] = this.nodes.filter((_, n) => states[n] === 'follower');
      if (leader && more.length === 0 && one && other) return { leader, followers: [one, other], started, hadGivenUp };
      for (const node of this.nodes.filter(({ isRunning }) => !isRunning)) {
        if (node.hasGivenUp) hadGivenUp += 1;
        node.start();
        started += 1;
      }
    }
    throw new Error(`the cluster was not whole within ${WHOLE_MS} ms`);
  }

  /** `leader`, `follower` …; null: it does not answer. */
  #states(): Promise<readonly (string | null)[]> {
    return Promise.all(
      this.nodes.map(async ({ host }) => {
        const answer = await this.#ask(host, '/info');
        return infoSchema.safeParse('json' in answer ? answer.json : null).data?.state.toLowerCase() ?? null;
      }),
    );
  }
}

type Parts = {
  readonly nodes: readonly ClusterNode[];
  readonly links: Links;
  readonly authority: Authority | null;
  readonly admin: Login;
};

function newLogin(name: string): Login {
  return { name, password: randomBytes(12).toString('hex') };
}

async function onDisks(
  count: number,
  work: (disks: readonly string[]) => Promise<void>,
  disks: readonly string[] = [],
): Promise<void> {
  if (disks.length === count) return work(disks);
  await onTmpfs(DISK, (disk) => onDisks(count, work, [...disks, disk]));
}
