// `npm run cluster-faults -- --node HOST:PORT=COMMAND … [--rate N] [FAULT …]`: three nodes of EventStoreDB without TLS are
// started with empty folders, and meet with faults while events are stored and delivered. One JSON line a fault, one at the end.
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openEventStoreDb } from '../../src/adapters/eventstore/index.ts';
import { FAULTS } from './faults.ts';
import { byRole, ClusterNode, untilWhole } from './nodes.ts';
import { Traffic } from './traffic.ts';

const STEADY_MS = 3_000;
const AFTERWARDS_MS = 8_000;

const { values, positionals } = parseArgs({
  options: { node: { type: 'string', multiple: true, default: [] }, rate: { type: 'string', default: '40' } },
  allowPositionals: true,
});
const wanted = positionals.length > 0 ? positionals : Object.keys(FAULTS);
if (values.node.length < 3 || wanted.some((name) => !Object.hasOwn(FAULTS, name))) {
  console.error(`--node HOST:PORT=COMMAND three times, and any of ${Object.keys(FAULTS).join(', ')}`);
  process.exit(1);
}
const nodes = values.node.map((node) => {
  const [host = '', ...command] = node.split('=');
  return new ClusterNode(host, command.join('='));
});

try {
  await untilWhole(nodes);
  const log = await openEventStoreDb({ url: `esdb://${nodes.map(({ host }) => host).join()}?tls=false` });
  const traffic = new Traffic(log, Number(values.rate));
  for (const name of wanted) {
    await untilWhole(nodes);
    await sleep(STEADY_MS);
    traffic.begin();
    const [leader, ...followers] = await byRole(nodes);
    await FAULTS[name]?.(leader, followers);
    const starts = await untilWhole(nodes);
    await sleep(AFTERWARDS_MS);
    const { stored, delivered } = traffic.silences();
    console.log(JSON.stringify({ fault: name, stored_s: seconds(stored), delivered_s: seconds(delivered), starts }));
  }
  const { events, ...wrong } = await traffic.end();
  console.log(JSON.stringify({ rate: Number(values.rate), events, ...wrong }));
  if (Object.values(wrong).some((count) => count > 0)) process.exitCode = 1;
  await log.close();
} finally {
  for (const node of nodes) node.signal('SIGCONT');
  for (const node of nodes) node.signal('SIGTERM');
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
