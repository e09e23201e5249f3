import { latest, type Micros } from '../../domain/time.ts';
import { type Heard, readHeard } from '../heard.ts';
import type { Journal, Kept } from '../journal/journal.ts';
import type { JournalPosition } from '../journal/segments.ts';
import { isSaidToAll, keyOf, type SaidFrame } from './frames.ts';
import { byThePbx, type LoggedSession } from './loggedSessions.ts';

/** A connection whose records stand in the journal from `from` on. */
export type HeardConnection = {
  readonly connection: string;
  readonly from: JournalPosition;
  /** when it began, by this server's clock; null: a recording has no clock */
  readonly beginsAt: Micros | null;
  /** the PBX's clock minus ours, when it began */
  readonly clockOffsetMs: number | null;
  /** more may be heard in it */
  readonly isOpen: boolean;
  /** its session, if it is in the log */
  readonly logged: LoggedSession | null;
};

/** A frame that stands in the journal at `at`; it was said after `saidAfter`, by this server's clock. */
export type KeptFrame = SaidFrame & { readonly at: JournalPosition; readonly saidAfter: Micros | null };

type Peeked = Pick<Journal, 'peek'>;

/** The frames of a connection that all who listen are told, from one of them on, as far as they are safe now. */
export async function* heardFrames(
  journal: Peeked,
  { connection, clockOffsetMs }: Pick<HeardConnection, 'connection' | 'clockOffsetMs'>,
  from: { readonly seq: number; readonly at: JournalPosition },
): AsyncGenerator<KeptFrame> {
  let offset = clockOffsetMs;
  for await (const { heard, kept } of recordsOf(journal, connection, from.at)) {
    if (heard.kind === 'clock') offset = heard.clockOffsetMs;
    if (heard.kind !== 'facts') continue;
    const to = heard.at === null ? null : byThePbx(heard.at, offset);
    const since = heard.saidAfter === null ? to : byThePbx(heard.saidAfter, offset);
    for (const { seq, type, fields } of heard.facts) {
      if (seq < from.seq || !isSaidToAll(type)) continue;
      yield { seq, key: keyOf(fields), from: since, to, at: kept.at, saidAfter: heard.saidAfter ?? heard.at };
    }
  }
}

/** When the last was heard of a connection that is over, by this server's clock. */
export async function endOf(journal: Peeked, connection: string, from: JournalPosition): Promise<Micros> {
  let last = 0 as Micros;
  for await (const { heard } of recordsOf(journal, connection, from)) {
    last = latest(last, (heard.kind === 'disconnected' ? heard.lastHeardAt : heard.at) ?? last);
  }
  return last;
}

async function* recordsOf(
  journal: Peeked,
  connection: string,
  from: JournalPosition,
): AsyncGenerator<{ readonly heard: Heard; readonly kept: Kept }> {
  for await (const kept of journal.peek(from)) {
    const heard = readHeard(kept.record);
    if (heard.connection !== connection) return;
    yield { heard, kept };
  }
}
