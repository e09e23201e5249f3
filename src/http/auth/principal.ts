import type { Role } from '../../domain/events.ts';
import type { Micros } from '../../domain/time.ts';

/** Who asks, as a token or a session proved it. */
export type Principal = {
  /** an opaque id, no name and no e-mail address: it is stored with every fact */
  readonly sub: string;
  readonly role: Role;
  readonly expiresAt: Micros;
  /** when the token was issued, or the session began; null: the token does not say */
  readonly issuedAt: Micros | null;
  /** hash of the sign-in session, where it is one; null: a bearer token */
  readonly signInSession: string | null;
};

export const ANYONE: readonly Role[] = ['agent', 'auditor', 'admin'];
export const AGENTS: readonly Role[] = ['agent', 'admin'];
export const AUDITORS: readonly Role[] = ['auditor', 'admin'];
export const ADMINS: readonly Role[] = ['admin'];
