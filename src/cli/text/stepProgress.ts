import { inform } from './print.ts';

const TELL_EVERY_MS = 1_000;

/** Tells how far a copy is: a line when a step begins, and one a second; a log file can hold that, too. */
export function stepProgress(): (progress: { step: string; events: number }) => void {
  let last: { step: string; at: number } | null = null;
  return ({ step, events }) => {
    const now = performance.now();
    if (last?.step === step && now - last.at < TELL_EVERY_MS) return;
    last = { step, at: now };
    inform(`${step}: ${events} events`);
  };
}
