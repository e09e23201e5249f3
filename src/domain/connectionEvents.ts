/** The vocabulary of the `pbx-` streams: when a PBX was heard, by which clock, and what became of the gaps. */
import { z } from 'zod';
import { rfc3339 } from './events.ts';

export const pbxConnectedSchema = z.object({
  at: rfc3339,
  /** the AMI version of the banner, e.g. `11.0.0` */
  ami_version: z.string().nullable(),
  /** PBX clock minus ours, from the answer to a Ping; null if it was not asked */
  clock_offset_ms: z.number().nullable(),
  /** name of the server that listens; what an older program has written has none */
  server: z.string().optional(),
  /** its id, by which its sessions are told from those of others: they never overlap */
  server_id: z.string().optional(),
  /** only where another server's session that began later was written first: that one's number (`bySession`) */
  heard_before: z.int().min(0).optional(),
});
export const pbxDisconnectedSchema = z.object({
  session: z.int().min(0),
  /** when the connection was found lost */
  at: rfc3339,
  /** when the PBX was last heard: what happened between the two is not known */
  last_heard_at: rfc3339,
  /** a code of `errors.ts`, or one of `LEFT_BECAUSE` */
  reason: z.string(),
  /** the PBX said that it goes down */
  pbx_went_down: z.boolean(),
});

/** Why a session ended that did not end by an error of the connection. */
export const LEFT_BECAUSE = {
  /** we left in good order */
  stopped: 'STOPPED',
  /** what was heard could not be kept for so long that the PBX cut us off */
  journalFull: 'JOURNAL_FULL',
  /** the process ended without a word; said by the next one */
  killed: 'KILLED',
  /** its server was not heard of any more: another one took the PBX over, and says so */
  takenOver: 'TAKEN_OVER',
  /** another server was logged in before it left */
  handedOver: 'HANDED_OVER',
} as const;

/** The list of all open channels was complete: every one stands before this as a fact of the session. */
export const channelsListedSchema = z.object({ at: rfc3339, session: z.int(), channels: z.int().min(0) });

/** From `at` on the PBX's clock minus ours is this. */
export const clockComparedSchema = z.object({ session: z.int().min(0), at: rfc3339, clock_offset_ms: z.number() });

/** The PBX was started anew after all that earlier sessions heard and before what this one hears. */
export const pbxRestartedSchema = z.object({
  session: z.int().min(0),
  /** when it was noticed */
  at: rfc3339,
  proof: z.enum(['start_time', 'uniqueid_counter']),
  /** in our clock; null: not known */
  started_at: rfc3339.nullable(),
});

/** The gap before a session was heard after all: another server's journal held it, and is stored since. */
export const gapHeardSchema = z.object({
  /** the one whose `PbxConnected` ended the gap */
  session: z.int().min(0),
  /** the one that heard it */
  heard_session: z.int().min(0),
  /** so far; what lies between this and the session stays a gap */
  until: rfc3339,
  /** that were stored */
  facts: z.int().min(0),
  /** that were not: the session has heard them, or it cannot be told */
  set_aside: z.int().min(0),
  at: rfc3339,
});

/** What became of the gap before a session, in the PBX's own call records; of a session the latest counts. */
export const gapFilledSchema = z.object({
  /** the one whose `PbxConnected` ended the gap */
  session: z.int().min(0),
  from: rfc3339,
  to: rfc3339,
  at: rfc3339,
  outcome: z.enum(['filled', 'not_filled']),
  /** that the gap holds */
  records: z.int().min(0),
  /** of which nothing was known before */
  calls: z.int().min(0),
  reason: z.string().nullable(),
  /** it is not asked again */
  final: z.boolean(),
});
