import { seedHistory } from '../../src/cli/demo/seed.ts';
import type { Micros } from '../../src/domain/time.ts';
import { momentsOf } from '../../src/domain/zone.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { ListedComms, ReadModel } from '../../src/ports/readModel.ts';
import type { System } from '../http/support/system.ts';
import { silent } from '../projections/support/readModel.ts';
import { eventually } from './eventually.ts';
import { temporaryJournal } from './temporaryJournal.ts';

/** Another name than that of the demo, whose calls are marked as such. */
const HISTORY_PBX = 'athens';
export const HISTORY_ZONE = 'Europe/Athens';
const DAY_MS = 86_400_000;
const THURSDAY = 4;
const PROJECTED_MS = 240_000;
const LOOKED_AT = 300;

/** The latest Thursday afternoon, when the company of the demo is at work: 16:40 in Athens. */
export function atWork(): Micros {
  const now = systemClock.now();
  for (let day = Math.floor(now / 1000); ; day -= DAY_MS) {
    const date = new Date(day);
    const [moment] = momentsOf(`${date.toISOString().slice(0, 10)} 16:40:00`, HISTORY_ZONE);
    if (moment !== undefined && moment < now && date.getUTCDay() === THURSDAY) return moment;
  }
}

/** Tells a system the six weeks of the demo's company up to `until`, by the way of every PBX, and waits until readers see them. */
export async function tellHistory({ log, projector }: System, until: Micros): Promise<void> {
  await seedHistory({
    log,
    pbx: HISTORY_PBX,
    zone: HISTORY_ZONE,
    now: until,
    logger: silent,
    signal: new AbortController().signal,
    openJournal: () => temporaryJournal(),
  });
  const head = await log.head();
  await eventually('the history is projected', () => projector.progress.position >= head, PROJECTED_MS);
  await projector.reach(head);
}

/** Of the latest calls of the history one that has much to show: a customer, a note, and two who spoke. */
export async function notableCall(readModel: Pick<ReadModel, 'list'>): Promise<ListedComms> {
  const { items } = await readModel.list({ directions: ['inbound'], outcomes: ['answered'] }, null, LOOKED_AT);
  const worth = ({ customer, notes_count, extensions }: ListedComms) =>
    (customer === null ? 0 : 4) + (extensions.length > 1 ? 2 : 0) + (notes_count > 0 ? 1 : 0);
  const [best] = items.toSorted((a, b) => worth(b) - worth(a));
  if (best === undefined) throw new Error('the history has no calls');
  return best;
}
