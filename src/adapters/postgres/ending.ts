/** The ways to end PostgreSQL, the milder ones first, and how long each is waited for. */
const WAYS = [
  // fast: open transactions are rolled back, everything is written
  { signal: 'SIGINT', waitMs: 20_000 },
  // immediate: its children are killed after five seconds; the next start reads the WAL
  { signal: 'SIGQUIT', waitMs: 10_000 },
  { signal: 'SIGKILL', waitMs: 10_000 },
] as const satisfies readonly { signal: NodeJS.Signals; waitMs: number }[];

export type Ending = {
  readonly send: (signal: NodeJS.Signals) => void;
  /** true as soon as it has ended, false when it has not within `ms` */
  readonly endsWithin: (ms: number) => Promise<boolean>;
};

/**
 * Ends a server, by harder ways when the milder ones take too long; `atOnce` begins with the immediate one. False when it
 * is there still: a disk that does not answer holds it, say.
 */
export async function endServer({ send, endsWithin }: Ending, { atOnce = false } = {}): Promise<boolean> {
  for (const { signal, waitMs } of atOnce ? WAYS.slice(1) : WAYS) {
    send(signal);
    // one that is stopped takes no other signal before
    send('SIGCONT');
    if (await endsWithin(waitMs)) return true;
  }
  return false;
}
