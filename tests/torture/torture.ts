import { pause } from '../../src/retry.ts';
import { Random } from '../support/random.ts';
import { completeness } from './completeness.ts';
import type { Fault, Stage } from './fault.ts';
import { type Outcome, textOf, timed } from './outcome.ts';
import { MAX_MEMORY_MB, Scene } from './scene.ts';
import { usual } from './stages.ts';

/** Calls that lie in no gap, too. */
const BETWEEN_MS = 3_000;

export type TortureOptions = {
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** so many are tried on each stage however long it takes */
  readonly least: number;
  /** no other fault is begun later than this (of `Date.now`) */
  readonly untilMs: number;
  readonly callsPerSecond: number;
  readonly tell: (outcome: Outcome) => void;
};

type How = TortureOptions & { readonly random: Random };

/** Tries the faults, each on the stage that it needs, in an order by the seed, while a PBX floods `serve` with calls. */
export async function torture(options: TortureOptions): Promise<void> {
  const how = { ...options, random: new Random(options.seed) };
  const stages = new Set(options.faults.map((fault) => fault.stage ?? usual));
  for (const stage of stages) {
    const faults = options.faults.filter((fault) => (fault.stage ?? usual) === stage);
    await onStage(stage, new Random(options.seed).shuffled(faults), how);
  }
}

async function onStage(stage: Stage, faults: readonly Fault[], how: How): Promise<void> {
  try {
    const left = await stage(({ folder, settings = {} }) => onScene({ folder, settings }, faults, how));
    if (left === null) return;
    for (const { name } of faults) how.tell({ what: name, result: 'skipped', detail: left.skipped, seconds: 0 });
  } catch (error) {
    how.tell({ what: 'setting the scene', result: 'failed', detail: textOf(error), seconds: 0 });
  }
}

/** After a fault that has failed nothing more can be learnt here. */
async function onScene(
  around: { readonly folder: string; readonly settings: Readonly<Record<string, string>> },
  faults: readonly Fault[],
  { random, callsPerSecond, least, untilMs, tell }: How,
): Promise<void> {
  const scene = await Scene.begin({ ...around, random, callsPerSecond });
  try {
    for (const [nth, fault] of faults.entries()) {
      if (nth >= least && Date.now() > untilMs) break;
      const outcome = await timed(fault.name, () => tryOne(fault, scene));
      tell(outcome);
      if (outcome.result === 'failed') return;
    }
    tell(await timed('all that the PBX said', () => checkAll(scene)));
  } finally {
    await scene.close();
  }
}

async function tryOne(fault: Fault, scene: Scene): Promise<string> {
  await pause(BETWEEN_MS);
  scene.beginFault();
  const seen = await fault.run(scene);
  await scene.isWell();
  return seen;
}

async function checkAll(scene: Scene): Promise<string> {
  await scene.pbx.rest();
  const { calls, heard, broken } = await completeness(scene);
  if (broken.length > 0) throw new Error(broken.join('; '));
  if (scene.memoryMb > MAX_MEMORY_MB) throw new Error(`serve took ${scene.memoryMb} MB`);
  return `${calls} calls, ${heard} of them wholly heard: one row each; the others lie in gaps; at most ${scene.memoryMb} MB`;
}
