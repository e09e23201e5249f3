import type { Origination } from '../domain/dialling/origination.ts';
import type { DialState, RefusalReason } from '../domain/dialling/outcome.ts';

/** A call that somebody wants to be begun. */
export type DialRequest = {
  readonly id: string;
  readonly pbx: string;
  /** `sub` of who asks */
  readonly askedBy: string;
  readonly extension: string;
  readonly origination: Origination;
};

/** A request as it stands; what is dialled is in it only until it is settled. */
export type DialSeen = {
  readonly id: string;
  readonly pbx: string;
  readonly askedBy: string;
  readonly extension: string;
  readonly channelId: string;
  readonly state: DialState;
  readonly reason: RefusalReason | null;
  /** for how long it is in this state */
  readonly seconds: number;
};

/** Who asks: the request reaches whichever server listens to the phone system. */
export interface Dialling {
  /**
   * Resolves when it is known whether the phone system begins the call, and after a while as it is then. `not_taken`: no
   * server took it in time, and none will. Errors: those of PostgreSQL.
   */
  ask(request: DialRequest): Promise<DialSeen>;
  /** Null: there is none, or not any more. */
  look(id: string): Promise<DialSeen | null>;
}

/** Where requests wait for the server that acts, the same for all servers on a database. Errors: those of PostgreSQL. */
export interface DialRequests {
  /** It may be taken for so long, and never later. */
  add(request: DialRequest, takeWithinMs: number): Promise<void>;
  look(id: string): Promise<DialSeen | null>;
  /** The oldest that may still be taken for one of these phone systems: nobody else has it then. */
  take(pbxs: readonly string[]): Promise<DialRequest | null>;
  /** False: it is in none of the states `from` any more, and stays as it is. */
  settle(
    id: string,
    from: readonly DialState[],
    to: { readonly state: DialState; readonly reason?: RefusalReason },
  ): Promise<boolean>;
  /** Counts what was told: taken before a look, nothing that comes after it is slept through. */
  armed(): number;
  /** Resolves when something was told since, at the latest after a second, or when `signal` aborts. */
  next(armed: number, signal: AbortSignal): Promise<void>;
}

/** `begun`: the own phone was answered, and the number is dialled. */
export type Originated =
  | { readonly kind: 'begun' }
  | { readonly kind: 'refused'; readonly reason: RefusalReason }
  | { readonly kind: 'unknown' };

/**
 * Asks a phone system to begin a call, once, and says what came of it. What cannot be sent within `sendWithinMs` is not sent
 * any more, also where the process was asleep. `onAccepted`: the own phone is going to ring.
 */
export type Originate = (
  origination: Origination,
  how: { readonly sendWithinMs: number; readonly signal: AbortSignal; readonly onAccepted: () => void },
) => Promise<Originated>;
