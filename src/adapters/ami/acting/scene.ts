import type { Micros } from '../../../domain/time.ts';

/** Somebody at a phone of the PBX. */
export type Phone = { readonly extension: string; readonly name: string };

/** Who rings from outside, as the provider presents it; a number that is null is withheld. */
export type Caller = { readonly number: string | null; readonly name: string | null };

export type Hold = { readonly after: number; readonly seconds: number };

export type Transfer =
  | { readonly kind: 'blind'; readonly to: Phone; readonly ringSeconds: number; readonly talkSeconds: number }
  | {
      readonly kind: 'attended';
      readonly to: Phone;
      readonly ringSeconds: number;
      readonly consultSeconds: number;
      readonly talkSeconds: number;
    };

/** What two people do once they are connected. */
export type Talk = {
  /** until it ends or is handed on, holds included */
  readonly seconds: number;
  /** in their order, within `seconds`; `after` counts from the beginning or from the end of the hold before */
  readonly holds: readonly Hold[];
  readonly transfer: Transfer | null;
  readonly hungUpBy: 'outside' | 'inside';
};

export type Voicemail = { readonly mailbox: string; readonly seconds: number; readonly leavesMessage: boolean };

/** What becomes of somebody who waits. */
export type End =
  | { readonly kind: 'answered'; readonly by: Phone; readonly talk: Talk }
  /** the caller hangs up */
  | { readonly kind: 'given_up' }
  /** the PBX has waited for long enough */
  | { readonly kind: 'no_answer' }
  | { readonly kind: 'voicemail'; readonly voicemail: Voicemail };

/** Phones that ring at the same time, for so long. */
export type Ringing = { readonly phones: readonly Phone[]; readonly seconds: number };

export type Destination =
  | { readonly kind: 'extension'; readonly ringing: Ringing; readonly end: End }
  | { readonly kind: 'ring_group'; readonly number: string; readonly ringing: Ringing; readonly end: End }
  /** its phones are tried one after the other, none while none is free; who answers is the last of them */
  | { readonly kind: 'queue'; readonly number: string; readonly tries: readonly Ringing[]; readonly end: End }
  /** nobody is asked, as outside office hours */
  | { readonly kind: 'voicemail'; readonly voicemail: Voicemail }
  /** hung up while the menu was read out */
  | { readonly kind: 'none' };

export type InboundScene = {
  readonly kind: 'inbound';
  readonly startsAt: Micros;
  readonly trunk: string;
  readonly did: string;
  readonly caller: Caller;
  /** so long a menu is read out; null: there is none */
  readonly menuSeconds: number | null;
  readonly to: Destination;
};

export type OutboundEnd =
  | { readonly kind: 'answered'; readonly talk: Talk }
  /** who rang gave up */
  | { readonly kind: 'no_answer' }
  | { readonly kind: 'busy' }
  /** the provider has no way to the number */
  | { readonly kind: 'failed' };

export type OutboundScene = {
  readonly kind: 'outbound';
  readonly startsAt: Micros;
  readonly trunk: string;
  /** the number that is shown to the other side */
  readonly shown: string;
  readonly from: Phone;
  readonly dialled: string;
  readonly ringSeconds: number;
  readonly end: OutboundEnd;
};

/** A call as it is meant to go; all lengths are seconds, which may be fractions. */
export type Scene = InboundScene | OutboundScene;
