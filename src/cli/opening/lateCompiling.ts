import { setFlagsFromString } from 'node:v8';

/** Later ones have a compiler between, do not optimise so early by themselves, and do not know the flag. */
const COMPILES_EARLY = process.versions.node.startsWith('20.');

/**
 * Lets V8 optimise a function only when it has run three times as long as by itself: a command that is over in a second or
 * two spends a quarter of the processor's time on code that it hardly runs any more. Measured on `explain` of 54,000 events.
 */
export function compileLate(): void {
  // looked at whenever a function has used up its budget, so it may be said after the start
  if (COMPILES_EARLY) setFlagsFromString('--interrupt-budget=400000');
}
