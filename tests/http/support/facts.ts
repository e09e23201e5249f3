import { randomUUID } from 'node:crypto';
import { entryId } from '../../../src/domain/callId.ts';
import { streamOf } from '../../../src/domain/events.ts';
import { toRfc3339 } from '../../../src/domain/time.ts';
import { Appending } from '../../projections/support/appending.ts';
import { personsEvent } from '../../projections/support/events.ts';
import { demoRecording, sessionOf } from '../../projections/support/recordedCalls.ts';
import type { System } from './system.ts';

export type Logged = {
  readonly customer_id: string;
  readonly direction: 'inbound' | 'outbound';
  readonly duration_seconds: number;
  readonly notes: string;
  readonly occurred_at: string;
};

const SOME_CALL: Logged = {
  customer_id: 'c-1',
  direction: 'outbound',
  duration_seconds: 60,
  notes: '',
  occurred_at: '2026-11-20T10:00:00.000000Z',
};

/** Writes calls that were logged by hand into the log, past the API; returns their entries' ids once they are visible. */
export async function tellCalls(system: System, calls: readonly Partial<Logged>[]): Promise<string[]> {
  const ids: string[] = [];
  let position = 0n;
  for (const call of calls) {
    const uuid = randomUUID();
    const event = personsEvent('CallLogged', { ...SOME_CALL, ...call, request_hash: null }, system.clock.now());
    ({ position } = await system.log.append(streamOf.manual(uuid), [event], 'no_stream'));
    ids.push(entryId('manual', uuid));
  }
  await system.projector.reach(position);
  return ids;
}

/** Registers a customer, past the API. */
export async function tellCustomer(system: System, id: string, name: string, numbers: readonly string[] = []) {
  const data = { name, numbers: numbers.map((number) => ({ number, from: toRfc3339(system.clock.now()) })) };
  const event = personsEvent('CustomerRegistered', data, system.clock.now());
  const { position } = await system.log.append(streamOf.customer(id), [event], 'no_stream');
  await system.projector.reach(position);
}

/** Lets a PBX of its own say what a recording holds. */
export async function tellRecording(system: System, pbx: string, recording: string): Promise<void> {
  const call = await tellBeginning(system, pbx, recording);
  await call.finish();
}

/** The same up to the first hang-up; the rest when it is told to finish. */
export async function tellBeginning(
  system: System,
  pbx: string,
  recording: string,
): Promise<{ finish(): Promise<void> }> {
  const told = await sessionOf(pbx, 0, [demoRecording(recording)]);
  const firstEnd = told.findIndex(({ event }) => event.type === 'CallHungUp');
  const appending = new Appending(system.log);
  const tell = async (facts: typeof told) => system.projector.reach(await appending.append(facts));
  await tell(told.slice(0, firstEnd));
  return { finish: () => tell(told.slice(firstEnd)) };
}
