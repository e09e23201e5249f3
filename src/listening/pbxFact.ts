import { v5 as uuidv5 } from 'uuid';
import { envelope } from '../domain/envelope.ts';
import { type NewEvent, streamOf } from '../domain/events.ts';
import { type Micros, toRfc3339 } from '../domain/time.ts';
import type { HeardFact } from './heard.ts';

/** A fact of the PBX as it is stored, and the stream that it is stored in. */
export type PbxFact = NewEvent & { readonly stream: string };

export type Told = {
  readonly pbx: string;
  /** revision of the connection's `PbxConnected` */
  readonly session: number;
  /** only where another server's session that began later was written first: its number */
  readonly heardBefore?: number | null;
  /** version of the program */
  readonly app: string;
  readonly receivedAt: Micros | null;
  /** where what was read may be old: it was said after this */
  readonly saidAfter: Micros | null;
  readonly now: Micros;
};

/** Namespace of the ids of PBX facts; never changes, or a retry after an upgrade would store a fact twice. */
const FACT_NAMESPACE = '0b6c7c1e-3a52-4d0c-8a57-5f6d2f0e9b41';

/** The id of the `seq`-th fact of a session: the same at every retry (design §4). */
export function pbxFactId(pbx: string, session: number, seq: number): string {
  return uuidv5(`${pbx}/${session}/${seq}`, FACT_NAMESPACE);
}

/** What was heard as it goes into the log. */
export function pbxFactOf(
  { seq, call, type, fields, latin1 }: HeardFact,
  { pbx, session, heardBefore = null, app, receivedAt, saidAfter, now }: Told,
): PbxFact {
  const stream = call === null ? streamOf.session(pbx, session) : streamOf.call(pbx, call);
  const event = envelope(
    { id: pbxFactId(pbx, session, seq), type, data: latin1.length > 0 ? { fields, latin1 } : { fields } },
    { at: now, app, correlationId: stream },
    {
      pbx,
      session,
      seq,
      received_at: receivedAt === null ? null : toRfc3339(receivedAt),
      ...(saidAfter === null ? {} : { said_after: toRfc3339(saidAfter) }),
      ...(heardBefore === null ? {} : { heard_before: heardBefore }),
    },
  );
  return { stream, ...event };
}
