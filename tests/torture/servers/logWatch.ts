import pino from 'pino';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { pbxFactDataSchema, type RecordedEvent } from '../../../src/domain/events.ts';
import { BEGINNING, type EventStore } from '../../../src/ports/eventStore.ts';
import { eventually } from '../../support/eventually.ts';
import { FRAME_NUMBER } from '../floodPbx.ts';

const FILTER = { streamPrefixes: ['call-', 'pbx-'] };

/** Looks on, by the log itself, what of a PBX's frames is stored, and when a session begins. */
export class LogWatch {
  readonly log: EventStore;
  /** how often each frame stands in the log, by its number */
  readonly times = new Map<number, number>();
  readonly #sessionsSeenAt: number[] = [];
  readonly #stopping = new AbortController();
  readonly #following: Promise<void>;

  private constructor(log: EventStore) {
    this.log = log;
    this.#following = this.#follow();
  }

  static async open(url: string): Promise<LogWatch> {
    return new LogWatch(await openPostgresLog({ url, logger: pino({ level: 'silent' }) }));
  }

  /** When the first `PbxConnected` was seen that came after this moment. */
  async connectedSince(moment: number, withinMs: number): Promise<number> {
    const first = () => this.#sessionsSeenAt.find((seenAt) => seenAt > moment);
    await eventually('a successor’s PbxConnected', () => first() !== undefined, withinMs);
    return first() ?? Number.NaN;
  }

  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#following;
    await this.log.close();
  }

  async #follow(): Promise<void> {
    for await (const batch of this.log.subscribe(BEGINNING, FILTER, this.#stopping.signal)) batch.forEach(this.#see);
  }

  readonly #see = ({ type, data }: RecordedEvent): void => {
    if (type === 'PbxConnected') this.#sessionsSeenAt.push(Date.now());
    const fields = pbxFactDataSchema.safeParse(data).data?.fields ?? [];
    const number = Number(fields.find(([key]) => key === FRAME_NUMBER)?.[1]);
    if (!Number.isNaN(number)) this.times.set(number, (this.times.get(number) ?? 0) + 1);
  };
}
