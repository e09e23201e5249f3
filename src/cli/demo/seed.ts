import type { Logger } from 'pino';
import { v5 as uuidv5 } from 'uuid';
import { actedSource, type Scene } from '../../adapters/ami/index.ts';
import { envelope, statedBy } from '../../domain/envelope.ts';
import { isPbxFactData, type RecordedEvent, streamOf } from '../../domain/events.ts';
import { recordedAt } from '../../domain/recorded.ts';
import { later, type Micros, microsOfSeconds, toRfc3339 } from '../../domain/time.ts';
import { hasCode } from '../../errors.ts';
import { type Journal, startListener } from '../../listening/index.ts';
import { acceptSettings, settingsInForce } from '../../log/settings.ts';
import { firstEvent } from '../../log/streamEnds.ts';
import { systemClock } from '../../ports/clock.ts';
import { BEGINNING, type EventStore } from '../../ports/eventStore.ts';
import { fieldOf, type PbxSource } from '../../ports/pbxSource.ts';
import { VERSION } from '../../version.ts';
import { type DemoCustomer, demoCompany, demoCustomers } from './company.ts';
import { AUTHOR, directoryOf } from './directory.ts';
import { beginOfHistory, DEMO_SEED, drawHistory } from './history.ts';
import { type Act, type ActedCall, LAST_ACT, peoplesActs } from './peoplesActs.ts';

/** Namespace of the customers' registrations; never changes, or a start that goes on would register them twice. */
const NAMESPACE = '5d8f3a0e-6a0a-4f9b-9d49-0b7e6d5b8c11';

/** Streams that are written side by side. */
const AT_ONCE = 16;

export type SeedOptions = {
  readonly log: EventStore;
  readonly pbx: string;
  readonly openJournal: () => Promise<Journal>;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** where the company is */
  readonly zone: string;
  /** when the history ends, unless an earlier start has begun it */
  readonly now: Micros;
};

type Begun = {
  /** when the history ends: now, or when an earlier start began with it */
  readonly until: Micros;
  readonly isGoneOnWith: boolean;
};

/**
 * Fills a log that has nothing of the demo yet with six weeks of it: the customers, then what the PBX said, by the
 * way of every PBX, then what people did. A seeding that was ended in the middle is gone on with, so that nothing comes twice:
 * the first customer says when it began, the last fact of the PBX how far it came, and the last act that it is done.
 */
export async function seedHistory(options: SeedOptions): Promise<void> {
  const { log, pbx, signal } = options;
  const begun = await begin(options);
  if (begun === null) return;
  const { until, isGoneOnWith } = begun;
  const company = demoCompany();
  const customers = demoCustomers();
  const scenes = drawHistory({ company, customers, until, zone: options.zone });
  await appendAll(
    log,
    customers.map((customer) => registrationOf(customer, until)),
  );
  await appendAll(log, directoryOf(company, until));
  await makeItWork(log, until);
  // what the earlier start has heard and not stored
  if (isGoneOnWith) await tell(options, actedSource({ pbx, scenes: [], toldUntil: null }));
  const toldUntil = isGoneOnWith ? await lastTold(options) : null;
  const calls: ActedCall[] = [];
  const onBegun = (scene: Scene, linkedid: string) => calls.push({ scene, linkedid });
  await tell(options, actedSource({ pbx, scenes, toldUntil, onBegun }));
  if (signal.aborted) return;
  await appendAll(log, [...peoplesActs({ pbx, company, customers, calls, until, seed: DEMO_SEED })]);
}

/** Registers the first customer; null: there is nothing to do, all is there, or the log is one of before there was this. */
async function begin({ log, pbx, now }: SeedOptions): Promise<Begun | null> {
  const [first] = demoCustomers();
  if (first === undefined || (await firstEvent(log, LAST_ACT))) return null;
  const registered = await firstEvent(log, streamOf.customer(first.id));
  if (registered) return { until: recordedAt(registered), isGoneOnWith: true };
  if (await firstEvent(log, streamOf.pbx(pbx))) return null;
  await appendAll(log, [registrationOf(first, now)]);
  return { until: now, isGoneOnWith: false };
}

function registrationOf({ id, ...data }: DemoCustomer, at: Micros): Act {
  const event = envelope(
    { id: uuidv5(id, NAMESPACE), type: 'CustomerRegistered', data },
    { at, app: VERSION, correlationId: id },
    statedBy({ actor: { sub: 'demo', role: 'admin' }, requestId: 'demo' }),
  );
  return { stream: streamOf.customer(id), events: [event] };
}

/** Who called in vain since the history begins waits to be called back, though the log began later; what is set already stays. */
async function makeItWork(log: EventStore, until: Micros): Promise<void> {
  const settings = await settingsInForce(log);
  if (settings.call_backs_since !== null) return;
  const since = toRfc3339(beginOfHistory(until));
  const accepted = { settings: { ...settings, call_backs_since: since }, source: 'api' } as const;
  await acceptSettings(log, accepted, { clock: systemClock, by: AUTHOR });
}

async function tell({ log, openJournal, logger, signal }: SeedOptions, source: PbxSource): Promise<void> {
  const journal = await openJournal();
  await startListener({ source, journal, log, clock: systemClock, logger, signal, app: VERSION }).done;
}

/** The time of the last fact of the PBX that the log has; null: it has none. */
async function lastTold({ log, pbx, signal }: SeedOptions): Promise<Micros | null> {
  let last: Micros | null = null;
  for await (const events of log.readAll(BEGINNING, { streamPrefixes: [streamOf.call(pbx, '')] }, signal)) {
    for (const event of events) last = later(last, saidAt(event));
  }
  return last;
}

function saidAt({ data }: RecordedEvent): Micros | null {
  const timestamp = isPbxFactData(data) ? fieldOf(data.fields, 'Timestamp') : null;
  return timestamp === null ? null : microsOfSeconds(timestamp);
}

/** Appends to streams that have none yet, the last of them last of all. What stands there already is left as it is. */
async function appendAll(log: EventStore, acts: readonly Act[]): Promise<void> {
  const queue = acts.slice(0, -1).values();
  const work = async () => {
    for (const act of queue) await append(log, act);
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  for (const act of acts.slice(-1)) await append(log, act);
}

async function append(log: EventStore, { stream, events }: Act): Promise<void> {
  try {
    await log.append(stream, events, 'no_stream');
  } catch (error) {
    // somebody was quicker to say something of this call, or has erased it since
    if (!hasCode(error, 'WRONG_EXPECTED_REVISION', 'STREAM_DELETED')) throw error;
  }
}
