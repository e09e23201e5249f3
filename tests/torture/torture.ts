import { pause } from '../../src/retry.ts';
import type { Entry } from '../support/program.ts';
import { Random } from '../support/random.ts';
import { completeness } from './completeness.ts';
import type { Fault, Stage } from './fault.ts';
import { MAX_MEMORY_MB, Scene } from './scene.ts';
import { usual } from './stages.ts';

/** Calls that lie in no gap, too. */
const BETWEEN_MS = 3_000;

/** What came of a fault, or of what is checked at the end of a stage. */
export type Outcome = {
  readonly what: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
  readonly seconds: number;
};

export type TortureOptions = {
  readonly faults: readonly Fault[];
  readonly seed: number;
  /** no fault is begun later than this (of `Date.now`), but one on each stage */
  readonly untilMs: number;
  readonly callsPerSecond: number;
  readonly entry: Entry;
  readonly tell: (outcome: Outcome) => void;
};

type How = TortureOptions & { readonly random: Random };

/** Tries the faults, each on the stage that it needs, in an order by the seed, while a PBX floods `serve` with calls. */
export async function torture(options: TortureOptions): Promise<void> {
  const how = { ...options, random: new Random(options.seed) };
  const stages = new Set(options.faults.map((fault) => fault.stage ?? usual));
  for (const stage of stages) {
    const faults = options.faults.filter((fault) => (fault.stage ?? usual) === stage);
    await onStage(stage, shuffled(faults, new Random(options.seed)), how);
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
  { random, callsPerSecond, entry, untilMs, tell }: How,
): Promise<void> {
  const scene = await Scene.begin({ ...around, random, callsPerSecond, entry });
  try {
    for (const [nth, fault] of faults.entries()) {
      if (nth > 0 && Date.now() > untilMs) break;
      const outcome = await timed(fault.name, () => tryOne(fault, scene));
      tell(outcome);
      if (outcome.result === 'failed') return;
    }
    tell(await timed('all that the PBX said', () => checkAll(scene)));
  } finally {
    await scene.close();
  }
}

function shuffled(faults: readonly Fault[], random: Random): readonly Fault[] {
  const places = faults.map((fault) => ({ fault, place: random.next() }));
  return places.sort((a, b) => a.place - b.place).map(({ fault }) => fault);
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
  if (scene.memoryMb > MAX_MEMORY_MB[scene.entry]) throw new Error(`serve took ${scene.memoryMb} MB`);
  return `${calls} calls, ${heard} of them wholly heard: one row each; the others lie in gaps; at most ${scene.memoryMb} MB`;
}

async function timed(what: string, work: () => Promise<string>): Promise<Outcome> {
  const from = performance.now();
  const seconds = () => Math.round((performance.now() - from) / 100) / 10;
  try {
    const detail = await work();
    return { what, result: 'passed', detail, seconds: seconds() };
  } catch (error) {
    return {
      what,
      result: 'failed',
      detail: error instanceof Error ? error.message : String(error),
      seconds: seconds(),
    };
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
