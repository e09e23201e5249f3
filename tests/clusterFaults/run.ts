// `npm run cluster-faults -- --node COMMAND [--rate N] [--tls] [FAULT …]`: three nodes of EventStoreDB meet with faults while
// a `serve` stores what a PBX says, N events a second, and somebody logs calls by hand. One JSON line a fault, one at the end.
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { openEventStoreDb } from '../../src/adapters/eventstore/index.ts';
import { command } from '../support/program.ts';
import { newSeed, Random } from '../support/random.ts';
import { canMount } from '../support/tmpfs.ts';
import { EVENTS_A_CALL } from '../torture/numberedCall.ts';
import { Scene } from '../torture/scene.ts';
import { usual } from '../torture/stages.ts';
import { Cluster } from './cluster.ts';
import { FactsInLog } from './factsInLog.ts';
import { FAULTS } from './faults.ts';
import { ManualCalls } from './manualCalls.ts';
import { verdictOn } from './verdict.ts';

const STEADY_MS = 3_000;
const AFTERWARDS_MS = 5_000;

const { values, positionals } = parseArgs({
  options: {
    node: { type: 'string' },
    rate: { type: 'string', default: '40' },
    tls: { type: 'boolean', default: false },
  },
  allowPositionals: true,
});
const { node, rate, tls } = values;
const wanted = positionals.length > 0 ? positionals : Object.keys(FAULTS);
if (node === undefined || wanted.some((name) => !Object.hasOwn(FAULTS, name)) || !canMount()) {
  console.error(`As root on Linux, with --node COMMAND, and any of ${Object.keys(FAULTS).join(', ')}`);
  process.exit(1);
}

const interrupted = once(process, 'SIGINT').then(() => Promise.reject(new Error('interrupted')));
await Cluster.run({ command: node, isSecure: tls }, async (cluster) => {
  await usual(({ folder }) => onServe(cluster, folder));
});
process.exit();

async function onServe(cluster: Cluster, folder: string): Promise<void> {
  const scene = await Scene.begin({
    random: new Random(newSeed()),
    callsPerSecond: Number(rate) / EVENTS_A_CALL,
    folder,
    settings: { EVENTSTORE_URL: cluster.url },
  });
  const log = await openEventStoreDb({ url: cluster.url });
  const facts = new FactsInLog(log);
  try {
    const token = (await command(['token', '--role', 'admin'], scene.settings)).stdout.trim();
    const manual = await ManualCalls.begin(scene.url, token);
    await Promise.race([tryAll({ cluster, scene, facts, manual }), interrupted]);
    await scene.pbx.rest();
    await manual.end();
    const verdict = await verdictOn(scene, log, manual.taken);
    console.log(JSON.stringify({ rate: Number(rate), tls, ...verdict, memory_mb: scene.memoryMb }));
    if (verdict.broken.length > 0) process.exitCode = 1;
  } finally {
    await facts.end();
    await log.close();
    await scene.close();
  }
}

type Stage = {
  readonly cluster: Cluster;
  readonly scene: Scene;
  readonly facts: FactsInLog;
  readonly manual: ManualCalls;
};

async function tryAll(stage: Stage): Promise<void> {
  for (const name of wanted) console.log(JSON.stringify(await tryOne(name, stage)));
}

async function tryOne(fault: string, { cluster, scene, facts, manual }: Stage) {
  await sleep(STEADY_MS);
  const { leader, followers } = await cluster.untilWhole();
  facts.beginFault();
  manual.beginFault();
  await FAULTS[fault]?.({ leader, followers, links: cluster.links });
  const { started, hadGivenUp } = await cluster.untilWhole();
  const from = performance.now();
  await scene.isWell();
  const wellMs = performance.now() - from;
  await sleep(AFTERWARDS_MS);
  const { callMs, answerMs } = manual.longest();
  return {
    fault,
    rate: Number(rate),
    tls,
    /** no fact was stored for so long */
    facts_s: seconds(facts.longestSilenceMs()),
    by_hand_s: seconds(callMs),
    answer_s: seconds(answerMs),
    /** from the moment at which the cluster is whole */
    well_s: seconds(wellMs),
    started,
    hadGivenUp,
    memory_mb: scene.memoryMb,
  };
}

function seconds(ms: number): number {
  return Math.round(ms / 100) / 10;
}
