import type { WaitingReason } from '../../ports/rebuilds.ts';

const WORDS: Readonly<Record<WaitingReason, string>> = {
  rules: 'the rules file was changed',
  code: 'this version of the program derives otherwise',
  'rules and code': 'the rules file was changed, and this version of the program derives otherwise',
};

/** Why a rebuild would give other rows, for people. */
export function whyRebuild(reason: WaitingReason): string {
  return WORDS[reason];
}
