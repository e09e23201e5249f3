import { execFileSync, spawnSync } from 'node:child_process';

const ROUTER = 'commslog-faults-router';
const HERE = 0;
const NET = '10.98';

/**
 * A network namespace for each of some nodes, and a router between them and this machine in which links can be cut: packets
 * vanish then, as behind a switch that has died, and nobody is told. Needs root on Linux, and takes 10.98.0.0/16.
 */
export class Links {
  readonly #count: number;
  #cuts: readonly (readonly string[])[] = [];

  constructor(count: number) {
    this.#count = count;
    this.remove();
    run('ip', 'netns', 'add', ROUTER);
    run('ip', 'netns', 'exec', ROUTER, 'sysctl', '-qw', 'net.ipv4.ip_forward=1');
    this.#join(HERE);
    run('ip', 'route', 'add', `${NET}.0.0/16`, 'via', router(HERE));
    for (const node of this.#nodes()) {
      run('ip', 'netns', 'add', namespaceOf(node));
      run('ip', '-n', namespaceOf(node), 'link', 'set', 'lo', 'up');
      this.#join(node, namespaceOf(node));
      run('ip', '-n', namespaceOf(node), 'route', 'add', 'default', 'via', router(node));
    }
  }

  /** What a command begins with that runs where the n-th node is. */
  inside(node: number): readonly string[] {
    return ['ip', 'netns', 'exec', namespaceOf(node)];
  }

  /** Between two nodes; without the second between a node and this machine. */
  cut(one: number, other = HERE): void {
    for (const [from, to] of [[one, other] as const, [other, one] as const]) {
      const rule = ['from', addressOf(from), 'to', addressOf(to), 'blackhole'];
      run('ip', '-n', ROUTER, 'rule', 'add', ...rule);
      this.#cuts = [...this.#cuts, rule];
    }
  }

  mend(): void {
    for (const rule of this.#cuts) run('ip', '-n', ROUTER, 'rule', 'del', ...rule);
    this.#cuts = [];
  }

  remove(): void {
    for (const name of [ROUTER, ...this.#nodes().map(namespaceOf)]) spawnSync('ip', ['netns', 'del', name]);
  }

  #nodes(): readonly number[] {
    return Array.from({ length: this.#count }, (_, n) => n + 1);
  }

  #join(node: number, namespace?: string): void {
    const [near, far] = [`faults${node}`, `faults${node}r`];
    const at = namespace === undefined ? [] : ['-n', namespace];
    run('ip', 'link', 'add', near, 'type', 'veth', 'peer', 'name', far, 'netns', ROUTER);
    if (namespace !== undefined) run('ip', 'link', 'set', near, 'netns', namespace);
    run('ip', ...at, 'addr', 'add', `${addressOf(node)}/24`, 'dev', near);
    run('ip', ...at, 'link', 'set', near, 'up');
    run('ip', '-n', ROUTER, 'addr', 'add', `${router(node)}/24`, 'dev', far);
    run('ip', '-n', ROUTER, 'link', 'set', far, 'up');
  }
}

/** Of the n-th node, counted from 1; of this machine without. */
export function addressOf(node = HERE): string {
  return `${NET}.${node}.1`;
}

const namespaceOf = (node: number) => `commslog-faults-${node}`;
const router = (node: number) => `${NET}.${node}.254`;

function run(command: string, ...args: readonly string[]): void {
  execFileSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
}
