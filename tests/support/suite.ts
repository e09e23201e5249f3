import { type Callback, type Test, suite as uvuSuite } from 'uvu';

type Counts = { passed: number; failed: number; skipped: number; running: string | null };

/** What the runner reads of this process: how many tests ended how, and which one is running. */
export const counts: Counts = { passed: 0, failed: 0, skipped: 0, running: null };

const DEADLINE_MS = 30_000;

/**
 * A uvu suite whose tests have a deadline: a test that hangs fails under its own name instead of stopping the run.
 * Call `.run()` on it at the end of the file, as uvu wants it.
 */
export function suite(name: string, options: { deadlineMs?: number } = {}): Test {
  const inner = uvuSuite(name);
  const deadlineMs = options.deadlineMs ?? DEADLINE_MS;
  const guarded = (title: string, handler: Callback) =>
    inner(title, async (context) => {
      counts.running = `${name}: ${title}`;
      // told before it starts: a test that blocks the event loop can say nothing later
      await tellRunner({ running: counts.running });
      try {
        await withDeadline(`${name}: ${title}`, deadlineMs, Promise.resolve(handler(context)));
        counts.passed += 1;
      } catch (error) {
        counts.failed += 1;
        throw error;
      } finally {
        counts.running = null;
      }
    });
  return Object.assign(guarded, {
    run: inner.run,
    before: inner.before,
    after: inner.after,
    skip: (...args: Parameters<Test>) => {
      counts.skipped += 1;
      inner.skip(...args);
    },
  }) as unknown as Test;
}

function tellRunner(message: { running: string }): Promise<void> {
  return new Promise((resolve) => {
    if (process.send === undefined) resolve();
    else process.send(message, () => resolve());
  });
}

async function withDeadline(what: string, ms: number, work: Promise<unknown>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`hung: "${what}" did not end within ${ms} ms`)), ms);
  });
  try {
    await Promise.race([work, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
