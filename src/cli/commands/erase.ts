import { setTimeout as sleep } from 'node:timers/promises';
import { customerIdSchema } from '../../domain/events.ts';
import { carryOut, finishErasures, type Plan, planErasure, withSessions } from '../../erasing/index.ts';
import { CommslogError } from '../../errors.ts';
import { RefusedFolder } from '../../log/refusedFolder.ts';
import { systemClock } from '../../ports/clock.ts';
import { type Subject, versionsBefore } from '../../projections/index.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { afterErasing, planText } from '../text/erasureText.ts';
import { inform, print } from '../text/print.ts';
import { type VersionsCommand, whileFollowed, withVersions } from './withVersions.ts';

const LOOK_AGAIN_MS = 200;
/** The largest transaction of a projector takes some seconds. */
const STANDS_STILL_MS = 60_000;

export type EraseOptions = {
  readonly customer?: string;
  readonly number?: string;
  readonly call?: string;
  readonly yes: boolean;
  readonly wholeSessions: boolean;
};

/**
 * `commslog erase`: takes a person, or a call, out of the log and of every read-model version for good; without `--yes` it
 * only tells what would go. Errors: `CONFIG_INVALID`, those of planning and of the log.
 */
export async function erase(options: EraseOptions): Promise<void> {
  const subject = subjectOf(options);
  await withVersions(async (versions) => {
    const { log, pool, by, config } = versions;
    const folder = new RefusedFolder(dataDirOf(config));
    const store = log.eraseEvents === null ? 'eventstoredb' : 'postgres';
    if (options.yes) {
      const finished = await finishErasures({ log, clock: systemClock }, by);
      if (finished) {
        await untilProjected(versions, finished.position);
        print('An erasure that was ended in between is finished. If it was this one, there is nothing left to do:');
      }
    }
    // what no version has read yet, nobody finds
    await untilProjected(versions, await log.head());
    const found = await planErasure({ pool, log, refused: folder.read().facts }, subject);
    const plan: Plan = store === 'postgres' ? found : withSessions(found, options.wholeSessions);
    print(planText(plan));
    if (!options.yes) {
      inform('Nothing was changed. For good, with no way back: the same command with --yes.');
      return;
    }
    for (const fact of plan.refused) folder.remove(fact);
    const erased = await carryOut({ log, clock: systemClock }, plan, by);
    inform('Erased in the log; the versions of the read model follow …');
    await untilProjected(versions, erased.position);
    print(afterErasing(erased, store));
  });
}

/** Waits until every version that is kept has projected `position`, as long as they move. */
async function untilProjected(versions: VersionsCommand, position: bigint): Promise<void> {
  await whileFollowed(versions, async () => {
    let [stood, since] = ['', Date.now()];
    for (;;) {
      const behind = await versionsBefore(versions.pool, position);
      if (behind.length === 0) return;
      const stand = behind.map((one) => `${one.version} at ${one.position}`).join(', ');
      if (stand !== stood) [stood, since] = [stand, Date.now()];
      if (Date.now() - since > STANDS_STILL_MS) {
        inform(`Versions of the read model do not follow (${stand}); once they do, they show it no more.`);
        return;
      }
      await sleep(LOOK_AGAIN_MS);
    }
  });
}

function subjectOf({ customer, number, call }: EraseOptions): Subject {
  if ([customer, number, call].filter((one) => one !== undefined).length !== 1) {
    throw new CommslogError('CONFIG_INVALID', 'Name one of --customer, --number and --call.');
  }
  if (customer !== undefined) {
    if (customerIdSchema.safeParse(customer).success) return { kind: 'customer', id: customer };
    throw new CommslogError('CONFIG_INVALID', '--customer is no id that a customer can have');
  }
  if (number !== undefined) return { kind: 'number', number: number.trim() };
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(call ?? '')) return { kind: 'call', id: call ?? '' };
  throw new CommslogError('CONFIG_INVALID', '--call is the id of an entry: a UUID');
}
