/** How far a call is that somebody wanted to be begun. */

/**
 * `answered`: the own phone was taken, and the number is dialled; `unknown`: nobody can say any more what became of it;
 * `not_taken`: no server was there that could ask the phone system, and none will.
 */
export const dialResults = ['answered', 'refused', 'unknown', 'not_taken'] as const;
export type DialResult = (typeof dialResults)[number];

/** `asked`: of a server; `taken`: a server asks the phone system; `ringing`: the own phone does. */
export const dialStates = ['asked', 'taken', 'ringing', ...dialResults] as const;
export type DialState = (typeof dialStates)[number];

export const refusalReasons = [
  'not_permitted',
  'pbx_away',
  'login_refused',
  'pbx_refused',
  'too_many',
  'no_answer',
  'busy',
  'unreachable',
] as const;
export type RefusalReason = (typeof refusalReasons)[number];

/** What a person reads, and what to do about it. */
export const REFUSED_BECAUSE: Readonly<Record<RefusalReason, string>> = {
  not_permitted:
    'The phone system’s manager account may not begin calls (`write = originate`): call by your phone, or ask the administrator.',
  pbx_away: 'The phone system cannot be reached just now.',
  login_refused: 'The phone system refuses the manager account that begins calls: its name or password is wrong.',
  pbx_refused: 'The phone system refused to begin the call: `click_to_call` in the rules may not fit it.',
  too_many: 'Too many calls are being begun just now; try again.',
  no_answer: 'Your phone was not answered.',
  busy: 'Your phone is busy.',
  unreachable: 'Your phone could not be reached: it may not be registered.',
};
