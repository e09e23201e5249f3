/** A call record of the PBX's database or of its Master.csv, as the fold reads it. */
import type { Micros } from '../time.ts';

export type Column = readonly [name: string, value: string];

export type ImportedRecord = {
  /** of the channel that called */
  readonly uniqueid: string;
  /** the one that the call had at its end */
  readonly linkedid: string | null;
  readonly channel: string | null;
  readonly destinationChannel: string | null;
  readonly context: string | null;
  /** the number that was shown last */
  readonly source: string | null;
  /** the caller's own number, where the PBX keeps it apart */
  readonly callerNumber: string | null;
  readonly callerName: string | null;
  /** what was dialled: an extension, or what a phone typed */
  readonly destination: string | null;
  /** our number that was called */
  readonly did: string | null;
  readonly lastApplication: string | null;
  readonly lastData: string | null;
  readonly disposition: string | null;
  readonly sequence: number | null;
  readonly beganAt: Micros;
  /** when the calling channel was answered, by whomever: a menu and a queue do, too */
  readonly answeredAt: Micros | null;
  readonly endedAt: Micros;
  /** the PBX sent it while it was listened to; parts of the call can have gone on */
  readonly isHeard: boolean;
  /** it began in the hour that comes twice, and nothing tells in which of the two */
  readonly isAmbiguous: boolean;
};

const SECOND = 1_000_000;

type Begin = Pick<ImportedRecord, 'beganAt' | 'isAmbiguous'>;

/** `columns` are named as those of FreePBX's table; Master.csv has `answer` and `end` besides. Null: no channel is named. */
export function importedRecordOf(columns: readonly Column[], { beganAt, isAmbiguous }: Begin): ImportedRecord | null {
  const read = new Columns(columns);
  const uniqueid = read.get('uniqueid');
  if (uniqueid === null) return null;
  const disposition = read.get('disposition');
  const duration = read.integer('duration') ?? 0;
  const billed = read.integer('billsec') ?? 0;
  const wasAnswered = billed > 0 || disposition === 'ANSWERED';
  const after = (seconds: number) => (beganAt + seconds * SECOND) as Micros;
  return {
    uniqueid,
    linkedid: read.get('linkedid'),
    channel: read.get('channel'),
    destinationChannel: read.get('dstchannel'),
    context: read.get('dcontext'),
    source: read.get('src'),
    callerNumber: read.get('cnum'),
    callerName: read.get('cnam') ?? nameInCallerId(read.get('clid')),
    destination: read.get('dst'),
    did: read.get('did'),
    lastApplication: read.get('lastapp'),
    lastData: read.get('lastdata'),
    disposition,
    sequence: read.integer('sequence'),
    beganAt,
    answeredAt: wasAnswered ? after(read.secondsUntil('answer', duration) ?? Math.max(0, duration - billed)) : null,
    endedAt: after(read.secondsUntil('end', duration) ?? duration),
    isHeard: false,
    isAmbiguous,
  };
}

/** With times by our clock, of which the PBX's showed so many microseconds more. */
export function byOurClock(record: ImportedRecord, clockOffset: number): ImportedRecord {
  if (clockOffset === 0) return record;
  const ours = (time: Micros) => (time - clockOffset) as Micros;
  const { beganAt, answeredAt, endedAt } = record;
  return {
    ...record,
    beganAt: ours(beganAt),
    answeredAt: answeredAt === null ? null : ours(answeredAt),
    endedAt: ours(endedAt),
  };
}

/** What the columns say, by their names in any case; empty is nothing. */
class Columns {
  readonly #values: ReadonlyMap<string, string>;

  constructor(columns: readonly Column[]) {
    this.#values = new Map(columns.map(([name, value]) => [name.toLowerCase(), value.trim()]));
  }

  get(name: string): string | null {
    return this.#values.get(name) || null;
  }

  integer(name: string): number | null {
    const value = this.get(name);
    return value !== null && /^\d{1,9}$/.test(value) ? Number(value) : null;
  }

  /** Null where the column is missing or the clock was changed meanwhile. */
  secondsUntil(name: string, duration: number): number | null {
    const [from, to] = [this.get('calldate'), this.get(name)].map((text) => Date.parse(`${text?.replace(' ', 'T')}Z`));
    const seconds = ((to ?? Number.NaN) - (from ?? Number.NaN)) / 1000;
    return seconds >= 0 && seconds <= duration + 1 ? seconds : null;
  }
}

/** `"Maria Ioannou" <103>` */
export function nameInCallerId(callerId: string | null): string | null {
  return /^"(.*)" ?<[^<]*>$/.exec(callerId ?? '')?.[1] || null;
}
