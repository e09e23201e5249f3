import { z } from 'zod';
import { pbxRestartedSchema } from '../domain/connectionEvents.ts';
import { isPbxFactData, type JsonObject } from '../domain/events.ts';
import type { Micros } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import type { Field } from '../ports/pbxSource.ts';

/** A frame that is stored, as far as it can be told when it is heard: all but the session, whose number the log gives. */
export type HeardFact = {
  /** counts the facts of a connection from 0, without gaps */
  readonly seq: number;
  /** the call it belongs to; null: it names none */
  readonly call: string | null;
  readonly type: string;
  readonly fields: readonly Field[];
  /** keys whose value was read as Latin-1 */
  readonly latin1: readonly string[];
};

/** How it is known that the PBX was started anew. */
export type RestartProof = z.infer<typeof pbxRestartedSchema>['proof'];

/** What the journal keeps of a PBX. `connection` is the id of the connection's `PbxConnected`. */
export type Heard = { readonly connection: string } & (
  | {
      readonly kind: 'connected';
      readonly at: Micros | null;
      readonly amiVersion: string | null;
      readonly clockOffsetMs: number | null;
    }
  | {
      readonly kind: 'facts';
      readonly at: Micros | null;
      /** where what was read may be old: it was said after this */
      readonly saidAfter: Micros | null;
      readonly facts: readonly HeardFact[];
    }
  | { readonly kind: 'clock'; readonly at: Micros; readonly clockOffsetMs: number }
  | { readonly kind: 'listed'; readonly at: Micros; readonly channels: number }
  | {
      readonly kind: 'restarted';
      readonly at: Micros;
      readonly proof: RestartProof;
      readonly startedAt: Micros | null;
    }
  | {
      readonly kind: 'disconnected';
      readonly at: Micros | null;
      readonly lastHeardAt: Micros | null;
      readonly reason: string;
      readonly pbxWentDown: boolean;
    }
);

export type HeardFacts = Extract<Heard, { kind: 'facts' }>;

const micros = z.number().transform((value) => value as Micros);
const at = micros.nullable();
const connection = z.uuid();

const schema = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('connected'),
    connection,
    at,
    amiVersion: z.string().nullable(),
    clockOffsetMs: z.number().nullable(),
  }),
  z.object({
    kind: z.literal('facts'),
    connection,
    at,
    // what an older program has written has none
    saidAfter: at.default(null),
    facts: z.array(z.custom<HeardFact>(isHeardFact)),
  }),
  z.object({ kind: z.literal('clock'), connection, at: micros, clockOffsetMs: z.number() }),
  z.object({ kind: z.literal('listed'), connection, at: micros, channels: z.int().min(0) }),
  z.object({
    kind: z.literal('restarted'),
    connection,
    at: micros,
    proof: pbxRestartedSchema.shape.proof,
    startedAt: at,
  }),
  z.object({
    kind: z.literal('disconnected'),
    connection,
    at,
    lastHeardAt: at,
    reason: z.string(),
    pbxWentDown: z.boolean(),
  }),
]);

function isHeardFact(value: unknown): value is HeardFact {
  if (typeof value !== 'object' || value === null || !isPbxFactData(value)) return false;
  const { seq, call, type } = value as { readonly seq?: unknown; readonly call?: unknown; readonly type?: unknown };
  return Number.isInteger(seq) && (call === null || typeof call === 'string') && typeof type === 'string';
}

/** Errors: `SCHEMA_TOO_NEW`: the checksum says that it was written so, by a program that this one does not know. */
export function readHeard(record: JsonObject): Heard {
  const read = schema.safeParse(record);
  if (read.success) return read.data;
  throw new CommslogError('SCHEMA_TOO_NEW', 'the journal holds what another version of the program has written');
}
