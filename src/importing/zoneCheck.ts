/** Whether records were read with the time zone of their PBX: Uniqueids hold a second that no zone changes. */
import { CommslogError } from '../errors.ts';
import type { RecordEvent } from './recordEvent.ts';

/** Zones differ by quarters of an hour. */
const QUARTER = 900_000_000;
/** One or two prove nothing: a transfer's record can begin an hour after its channel. */
const MIN_JUDGED = 3;

/**
 * Refuses records that for the greater part begin whole quarters of an hour beside the making of their channels.
 * Errors: `CDR_TIME_ZONE_WRONG`.
 */
export function checkZone(events: readonly RecordEvent[], zone: string): void {
  const apart = new Map<number, number>();
  let judged = 0;
  for (const { beganAt, channelMadeAt } of events) {
    if (channelMadeAt === null) continue;
    const quarters = Math.round((beganAt - channelMadeAt) / QUARTER);
    apart.set(quarters, (apart.get(quarters) ?? 0) + 1);
    judged += 1;
  }
  const [most] = [...apart].sort(([, a], [, b]) => b - a);
  if (judged < MIN_JUDGED || most === undefined || most[0] === 0 || most[1] * 2 <= judged) return;
  throw new CommslogError(
    'CDR_TIME_ZONE_WRONG',
    `The times of the records are ${hours(most[0])} beside the ids of their channels, so they are no times of ${zone}. Name the time zone of the PBX: --timezone, AMI_TIMEZONE or \`timezone\` of the PBX.`,
  );
}

function hours(quarters: number): string {
  return `${quarters / 4} h`;
}
