/** What came of a fault, or of what is checked at the end. */
export type Outcome = {
  readonly what: string;
  readonly result: 'passed' | 'failed' | 'skipped';
  readonly detail: string;
  readonly seconds: number;
};

/** Runs it, and says how it went; `work` resolves with what was seen, in words. */
export async function timed(what: string, work: () => Promise<string>): Promise<Outcome> {
  const from = performance.now();
  const [result, detail] = await work().then(
    (seen) => ['passed', seen] as const,
    (error: unknown) => ['failed', textOf(error)] as const,
  );
  return { what, result, detail, seconds: Math.round((performance.now() - from) / 100) / 10 };
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
