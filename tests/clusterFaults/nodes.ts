import { type ChildProcess, spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

const ANSWER_MS = 1_500;
const LOOK_AGAIN_MS = 500;
const WHOLE_MS = 180_000;

/** A node of EventStoreDB without TLS that is started here, so that it can be killed, frozen and started again. */
export class ClusterNode {
  readonly host: string;
  readonly #command: string;
  #process: ChildProcess | null = null;

  /** `command` is one that the process itself becomes (`exec`), with all its options */
  constructor(host: string, command: string) {
    this.host = host;
    this.#command = command;
  }

  get isRunning(): boolean {
    return this.#process !== null && this.#process.exitCode === null && this.#process.signalCode === null;
  }

  start(): void {
    this.#process = spawn('sh', ['-c', `exec ${this.#command}`], { stdio: 'ignore' });
  }

  signal(signal: NodeJS.Signals): void {
    this.#process?.kill(signal);
  }

  /** `leader`, `follower` …; null: it does not answer */
  async state(): Promise<string | null> {
    try {
      const response = await fetch(`http://${this.host}/info`, { signal: AbortSignal.timeout(ANSWER_MS) });
      const told: unknown = await response.json();
      return typeof told === 'object' && told !== null && 'state' in told ? String(told.state) : null;
    } catch {
      return null;
    }
  }
}

/** Starts what has ended, until one node leads and all others follow. How often a node had to be started. */
export async function untilWhole(nodes: readonly ClusterNode[]): Promise<number> {
  let starts = 0;
  for (const until = Date.now() + WHOLE_MS; Date.now() < until; await sleep(LOOK_AGAIN_MS)) {
    const states = await Promise.all(nodes.map((node) => node.state()));
    const leaders = states.filter((state) => state === 'leader').length;
    if (leaders === 1 && states.filter((state) => state === 'follower').length === nodes.length - 1) return starts;
    for (const node of nodes) {
      if (node.isRunning) continue;
      node.start();
      starts += 1;
    }
  }
  throw new Error(`the cluster was not whole within ${WHOLE_MS} ms`);
}

/** The leader first. */
export async function byRole(nodes: readonly ClusterNode[]): Promise<readonly [ClusterNode, ...ClusterNode[]]> {
  const states = await Promise.all(nodes.map((node) => node.state()));
  const leader = nodes.find((_, n) => states[n] === 'leader');
  if (leader === undefined) throw new Error('no node leads');
  return [leader, ...nodes.filter((node) => node !== leader)];
}
