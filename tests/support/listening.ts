import { pino } from 'pino';
import { type NewEvent, pbxFactMetadataSchema, type RecordedEvent } from '../../src/domain/events.ts';
import { heardCheck } from '../../src/health/assessPbx.ts';
import { type Listener, type ListenerOptions, startListener } from '../../src/listening/listener.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { EventStore } from '../../src/ports/eventStore.ts';
import type { Lease } from '../../src/ports/lease.ts';
import { sourceOf } from './amiSource.ts';
import { type BrokenLog, brokenLog, type Fate } from './brokenLog.ts';
import { type FakeClient, type FakePbx, fakePbx } from './fakePbx.ts';
import { temporaryJournal } from './temporaryJournal.ts';

const QUICK = { awayMinMs: 5, awayMaxMs: 20, deniedMinMs: 10, deniedMaxMs: 20 };

type FateOf = (stream: string, events: readonly NewEvent[]) => Fate;

/** A fake PBX, a listener to it, and the log that it writes through `fate`. */
export type Listening = {
  readonly pbx: string;
  readonly server: FakePbx;
  readonly listener: Listener;
  readonly log: BrokenLog;
  /** what becomes of each append from now on */
  fate: FateOf;
  /** stops both */
  end(): Promise<void>;
};

let pbxes = 0;

/** Starts a listener, under a PBX id of its own, to a fake PBX that greets each client and then does what `serve` says. */
export async function listening(
  realLog: EventStore,
  serve: (client: FakeClient, nth: number) => unknown,
  options: Partial<ListenerOptions> & { readonly pbx?: string; readonly fate?: FateOf } = {},
): Promise<Listening> {
  const { pbx = `pbx${process.pid}_${++pbxes}`, fate = () => 'works', timings, ...rest } = options;
  const server = await fakePbx(async (client, nth) => {
    await client.welcome();
    await serve(client, nth);
    await client.pong();
  });
  const log = brokenLog(realLog, (stream, events) => self.fate(stream, events));
  const listener = startListener({
    journal: options.journal ?? (await temporaryJournal()),
    source: sourceOf(server, { pbx }),
    log,
    clock: systemClock,
    logger: pino({ level: 'silent' }),
    app: '0.0.0',
    timings: { ...QUICK, ...timings },
    ...rest,
  });
  const self: Listening = {
    pbx,
    server,
    listener,
    log,
    fate,
    async end() {
      await listener.stop();
      await server.close();
    },
  };
  return self;
}

/** How it is with the PBX and what it says, in words. */
export function wordsOf(listener: Listener, lock: ReturnType<Lease['state']> = 'held'): string {
  return heardCheck(listener.state(), lock === 'held', systemClock.now()).detail;
}

export async function readStream(log: EventStore, stream: string): Promise<RecordedEvent[]> {
  const events: RecordedEvent[] = [];
  for await (const batch of log.readStream(stream)) events.push(...batch);
  return events;
}

/** The stored facts of a PBX in the order in which it said them. */
export async function factsOf(log: EventStore, pbx: string): Promise<RecordedEvent[]> {
  const facts: RecordedEvent[] = [];
  for await (const batch of log.readAll(0n, { streamPrefixes: [`call-${pbx}-`] })) facts.push(...batch);
  const place = ({ metadata }: RecordedEvent) => {
    const { session, seq } = pbxFactMetadataSchema.parse(metadata);
    return session * 1e9 + seq;
  };
  return facts.sort((a, b) => place(a) - place(b));
}

/** The number of each fact in its session. */
export const seqOf = ({ metadata }: RecordedEvent): number => pbxFactMetadataSchema.parse(metadata).seq;

/** The value of a field of a stored fact. */
export function fieldOfFact({ data }: RecordedEvent, key: string): unknown {
  const fields = Array.isArray(data.fields) ? data.fields : [];
  return fields.find((field) => Array.isArray(field) && field[0] === key)?.[1];
}
