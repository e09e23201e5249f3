/** Whom a `sub` means: `agent-1` of our own tokens, `<issuer>#<sub>` of an outside issuer's. */
import { z } from 'zod';
import { type Actor, NAMES_ISSUER, peopleMetadataSchema, type RecordedEvent } from './events.ts';
import { metadataOf } from './recorded.ts';

const BEHIND_ISSUER = '#';

/** A `sub` as a token has it: an opaque id that every store can hold and that shows as what it is. */
export const subSchema = z.string().regex(/^[^\p{C}\p{Zl}\p{Zp}]{1,200}$/u, '1 to 200 characters that can be seen');
/** Of our own tokens. */
export const localSubSchema = subSchema.regex(/^[^#]*$/, 'without a #');
/** The `iss` of an outside issuer's tokens. */
export const issuerSchema = z
  .string()
  .regex(/^[^#\p{C}\p{Zl}\p{Zp}]{1,255}$/u, '1 to 255 characters that can be seen, without a #');

/** The subject of an outside issuer: none of ours, and none of another issuer, looks like it. */
export function issuedSub(issuer: string, sub: string): string {
  return issuer + BEHIND_ISSUER + sub;
}

/** The `sub` that an outside issuer gave; null: it is one of ours. */
export function bareSub(sub: string): string | null {
  const at = sub.indexOf(BEHIND_ISSUER);
  return at < 0 ? null : sub.slice(at + 1);
}

/** Whether this person stated the fact. An earlier fact has the `sub` alone, whoever issued it. Throws `POISON_EVENT`. */
export function isStatedBy(event: RecordedEvent, { sub }: Pick<Actor, 'sub'>): boolean {
  const { v, actor } = metadataOf(event, peopleMetadataSchema);
  return actor.sub === sub || (v < NAMES_ISSUER && actor.sub === bareSub(sub));
}
