import { pause } from '../../../src/retry.ts';
import { Random } from '../../support/random.ts';
import { comes } from '../asking.ts';
import { completeness } from '../completeness.ts';
import { toldGaps } from '../gaps.ts';
import { type Outcome, textOf, timed } from '../outcome.ts';
import { usual } from '../stages.ts';
import { Installation } from './installation.ts';
import type { ServersFault, Told } from './serversFault.ts';
import { framesVerdict, rowsAreTheFold, wrongIn } from './verdict.ts';

/** Calls that lie in no gap, too. */
const BETWEEN_MS = 3_000;
/** From the end of who listened until the successor's first word is in the log. */
const TAKE_OVER_SECONDS = 10;
/** A gap that is filled from a journal is so soon after all is well. */
const FILLED_WITHIN_MS = 15_000;

export type ServersTortureOptions = {
  readonly faults: readonly ServersFault[];
  readonly seed: number;
  /** so many are tried however long it takes */
  readonly least: number;
  /** no other fault is begun later than this (of `Date.now`) */
  readonly untilMs: number;
  readonly callsPerSecond: number;
  /** whether one that takes longer than it may has failed; a busy machine proves nothing */
  readonly isTimed: boolean;
  readonly tell: (outcome: Outcome) => void;
};

/** Tries the faults in an order by the seed, while a PBX floods the servers with calls. */
export async function tortureServers(options: ServersTortureOptions): Promise<void> {
  const random = new Random(options.seed);
  if (options.faults.length === 0) return;
  await usual(async ({ folder }) => {
    try {
      const { callsPerSecond } = options;
      const installation = await Installation.begin({ random, callsPerSecond, folder });
      await tryAll(installation, options).finally(() => installation.close());
    } catch (error) {
      options.tell({ what: 'setting up the servers', result: 'failed', detail: textOf(error), seconds: 0 });
    }
  });
}

/** After a fault that has failed nothing more can be learnt here. */
async function tryAll(installation: Installation, options: ServersTortureOptions): Promise<void> {
  const { faults, seed, least, untilMs, tell } = options;
  for (const [nth, fault] of new Random(seed).shuffled(faults).entries()) {
    if (nth >= least && Date.now() > untilMs) break;
    const outcome = await timed(fault.name, () => tryOne(fault, installation, options));
    tell(outcome);
    if (outcome.result === 'failed') return;
  }
  tell(await timed('all that the PBX said to several', () => checkAll(installation)));
}

async function tryOne(
  fault: ServersFault,
  installation: Installation,
  options: ServersTortureOptions,
): Promise<string> {
  await pause(BETWEEN_MS);
  const from = Date.now();
  const { seen, takeOver } = await fault.run(installation);
  await installation.isWell();
  // at once, while it is known which fault has done it
  refuse(wrongIn(await framesVerdict(installation)));
  const gap = await gapSeconds(installation, from, options.isTimed ? FILLED_WITHIN_MS : 0);
  if (options.isTimed && takeOver !== null && takeOver.connected > TAKE_OVER_SECONDS) {
    throw new Error(`the take-over took ${takeOver.connected} s`);
  }
  return `${shown(takeOver)}gap ${gap} s; ${seen}`;
}

function shown(takeOver: Told['takeOver']): string {
  return takeOver === null ? '' : `PbxConnected after ${takeOver.connected} s, rows after ${takeOver.rows} s, `;
}

/** What is left of the gaps that are told since then. */
async function gapSeconds(installation: Installation, since: number, withinMs: number): Promise<number> {
  let left = 0;
  const isFilled = async () => {
    const gaps = (await toldGaps(installation)).filter(({ to }) => to > since);
    left = Math.round(gaps.reduce((sum, { from, to }) => sum + to - Math.max(from, since), 0) / 100) / 10;
    return left === 0;
  };
  await comes('a journal with what lies in the gap', withinMs, isFilled).catch(() => undefined);
  return left;
}

async function checkAll(installation: Installation): Promise<string> {
  await installation.pbx.rest();
  const { calls, heard, broken } = await completeness(installation);
  const verdict = await framesVerdict(installation);
  refuse([...broken, ...wrongIn(verdict)]);
  await rowsAreTheFold(installation);
  const frames = `${verdict.frames} frames: each once in the log, or in a gap (${verdict.setAside} of them were heard)`;
  return `${frames}; ${calls} calls, ${heard} of them wholly heard: one row each; rows are the fold`;
}

function refuse(wrong: readonly string[]): void {
  if (wrong.length > 0) throw new Error(wrong.join('; '));
}
