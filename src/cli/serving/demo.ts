import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import { z } from 'zod';
import { createReplayServer, liveSource, pastSource } from '../../adapters/ami/index.ts';
import type { CurrentCall } from '../../domain/entry.ts';
import { envelope, statedBy } from '../../domain/envelope.ts';
import { type CustomerData, customerIdSchema, customerSchema, streamOf } from '../../domain/events.ts';
import type { Micros } from '../../domain/time.ts';
import { hasCode } from '../../errors.ts';
import { startListener } from '../../listening/index.ts';
import { firstEvent } from '../../log/streamEnds.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { PbxSource } from '../../ports/pbxSource.ts';
import { VERSION } from '../../version.ts';
import { type Listening, type ListeningDeps, listen, openJournal } from './listening.ts';
import type { Run } from './run.ts';

const DEMO_PBX = 'demo';
const LONG_AGO = 0 as Micros;
const CALL_EVERY_MS = 15_000;
const PAST_CALLS = 36;
const PAST_GAP_MINUTES = 47;
const NAMESPACE = '5d8f3a0e-6a0a-4f9b-9d49-0b7e6d5b8c11';
const folder = fileURLToPath(new URL('../../../demo/', import.meta.url));
const customersSchema = z.array(customerSchema.extend({ id: customerIdSchema }));

/** Calls of the last days in a log that has none, then a PBX of recordings that is listened to as any other. */
export async function listenToDemo(
  run: Run,
  current: () => Promise<readonly CurrentCall[]>,
  deps: ListeningDeps,
): Promise<Listening> {
  await seedDemo(run, deps);
  const pbx = await startDemoPbx(run.logger);
  run.closing.add('demo PBX', pbx.close);
  const listening = await listen(run, [pbx.source], deps);
  // a PBX of recordings forgets its calls when it stops
  listening.resume(current, LONG_AGO);
  return listening;
}

/** A PBX of recordings on loopback, and the ordinary listener's source for it. */
async function startDemoPbx(logger: Logger): Promise<{ source: PbxSource; close(): Promise<void> }> {
  const credentials = { username: 'demo', secret: 'demo' };
  const server = await createReplayServer({
    recordings: recordings(),
    credentials,
    pace: 'recorded',
    shift: true,
    repeatEveryMs: CALL_EVERY_MS,
  });
  const source = liveSource({
    pbx: DEMO_PBX,
    host: server.host,
    port: server.port,
    ...credentials,
    clock: systemClock,
    logger,
  });
  return { source, close: () => server.close() };
}

/**
 * Calls of the last days, then the customers whom they were with, in a log that has none yet. The customers come last:
 * they are the sign that it is done.
 */
async function seedDemo(run: Run, { log }: ListeningDeps): Promise<void> {
  const customers = customersSchema.parse(JSON.parse(readFileSync(join(folder, 'customers.json'), 'utf8')));
  const last = customers.at(-1);
  if (last === undefined || (await firstEvent(log, streamOf.customer(last.id)))) return;
  const { logger } = run;
  const journal = await openJournal(run, DEMO_PBX);
  await startListener({ source: lastDays(), journal, log, clock: systemClock, logger, app: VERSION }).done;
  for (const { id, ...data } of customers) await register(log, id, data);
}

function lastDays(): PbxSource {
  const now = systemClock.now();
  const files = recordings();
  const calls = Array.from({ length: PAST_CALLS }, (_, index) => ({
    recording: files[(index * 5) % files.length] ?? '',
    startsAt: (now - (index + 1) * PAST_GAP_MINUTES * 60_000_000) as Micros,
  }));
  return pastSource({ pbx: DEMO_PBX, calls });
}

async function register(log: EventStore, id: string, data: CustomerData): Promise<void> {
  const event = envelope(
    { id: uuidv5(id, NAMESPACE), type: 'CustomerRegistered', data },
    { at: systemClock.now(), app: VERSION, correlationId: id },
    statedBy({ actor: { sub: DEMO_PBX, role: 'admin' }, requestId: DEMO_PBX }),
  );
  try {
    await log.append(streamOf.customer(id), [event], 'no_stream');
  } catch (error) {
    // an earlier start was ended between two of them
    if (!hasCode(error, 'WRONG_EXPECTED_REVISION')) throw error;
  }
}

function recordings(): string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.txt'))
    .sort()
    .map((file) => join(folder, file));
}
