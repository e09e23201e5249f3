import { z } from 'zod';
import { isNear, toldGaps } from './gaps.ts';
import type { NumberedCall } from './numberedCall.ts';
import type { Witness } from './witness.ts';

const WITHIN_MS = 60_000;
const LOOK_AGAIN_MS = 1_000;

const rowsSchema = z.array(z.object({ external_number: z.string().nullable() }));

export type Completeness = {
  readonly calls: number;
  /** wholly said while somebody listened */
  readonly heard: number;
  /** what must not be, in words */
  readonly broken: readonly string[];
};

/**
 * Compares every call of the PBX with the rows, from the outside: a call that lies in no gap has one row, no call has two.
 * Waits until the last calls are there.
 */
export async function completeness(witness: Witness): Promise<Completeness> {
  const until = Date.now() + WITHIN_MS;
  for (;;) {
    const found = await compare(witness);
    if (found.broken.length === 0 || Date.now() > until) return found;
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function compare(witness: Witness): Promise<Completeness> {
  const rows = rowsSchema.parse(lines(await witness.get('/api/crm/export?format=ndjson')));
  const gaps = await toldGaps(witness);
  const isInGap = ({ beganAt, endedAt }: NumberedCall) => isNear(gaps, beganAt, endedAt ?? Date.now());

  const rowsOf = new Map<string, number>();
  for (const { external_number: number } of rows) {
    if (number !== null) rowsOf.set(number, (rowsOf.get(number) ?? 0) + 1);
  }
  const said = witness.pbx.calls.filter(({ beganAt }) => beganAt > witness.heardSince);
  const heard = said.filter((call) => !isInGap(call));
  const times = (call: NumberedCall) => rowsOf.get(`+30${call.caller}`) ?? 0;
  const lost = heard.filter((call) => times(call) === 0);
  const doubled = witness.pbx.calls.filter((call) => times(call) > 1);
  const told = (what: string, calls: readonly NumberedCall[]) =>
    calls.length === 0 ? [] : [`${calls.length} calls ${what}, the first ${JSON.stringify(calls[0])}`];
  return {
    calls: said.length,
    heard: heard.length,
    broken: [...told('are lost', lost), ...told('have more than one row', doubled)],
  };
}

function lines(ndjson: string): unknown[] {
  return ndjson
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}
