/** A person of the directory (design §12): what `person-<id>` says, and since when which extension is whose. */
import { z } from 'zod';
import { pbxIdSchema, rfc3339, roleSchema } from '../events.ts';

export const MAX_LINES = 50;
export const MAX_TEAMS_OF_ONE = 20;

/** Of a person, a team: chosen by whoever registers it. */
export const directoryIdSchema = z.string().regex(/^[A-Za-z0-9_.:-]{1,64}$/, '1 to 64 of A–Z, a–z, 0–9 and _ . : -');

/** Whose calls somebody sees: their own, their teams' too, or all. */
export const sightSchema = z.enum(['own', 'team', 'all']);
export type Sight = z.infer<typeof sightSchema>;

/** An extension or device that is a person's in [from, to); without `from` since ever, without `pbx` at every phone system. */
const lineSchema = z.object({
  extension: z.string().min(1).max(64),
  pbx: pbxIdSchema.optional(),
  from: rfc3339.optional(),
  to: rfc3339.optional(),
});

/** As whom nobody gets in any more with what was issued until then. */
const revocationSchema = z.object({ sub: z.string().min(1).max(500), at: rfc3339 });
export type Revocation = z.infer<typeof revocationSchema>;
/** Of one person; of more the latest count. */
export const MAX_REVOCATIONS = 20;
const revocationsSchema = z.array(revocationSchema).max(MAX_REVOCATIONS).optional();

export const personSchema = z.object({
  name: z.string().min(1).max(200),
  /** in which a link of theirs signs in */
  role: roleSchema.optional(),
  /** as whom they sign in */
  sub: z.string().min(1).max(500).optional(),
  /** other than what their role sees */
  sees: sightSchema.optional(),
  teams: z.array(directoryIdSchema).max(MAX_TEAMS_OF_ONE),
  lines: z.array(lineSchema).max(MAX_LINES),
  /** when a link was made for them last */
  invited_at: rfc3339.optional(),
  revocations: revocationsSchema,
});
export type PersonData = z.infer<typeof personSchema>;

/** What of a removed person stays in force. */
export const removedPersonSchema = z.object({ revocations: revocationsSchema });
