import { CommslogError } from '../../errors.ts';

/** `unsure`: it could not be seen whether it works. */
export type FindingLevel = 'ok' | 'warn' | 'unsure' | 'fail';

/** One thing that `doctor` has looked at, and what to do about it. */
export type Finding = { readonly level: FindingLevel; readonly what: string; readonly advice?: string };

/** Of `doctor` that has found these: 1 when something will not work, 2 when it could not be seen whether all will. */
export function exitCodeOf(levels: ReadonlySet<FindingLevel>): 0 | 1 | 2 {
  if (levels.has('fail')) return 1;
  return levels.has('unsure') ? 2 : 0;
}

/** What failed, why as far as it may be said, and what to do about it. */
export function failure(what: string, error: unknown, advice: string): Finding {
  const reason = error instanceof CommslogError ? `${error.message} [${error.code}]` : codeOf(error);
  return { level: 'fail', what: `${what}: ${reason}`, advice };
}

/** The code of an error of ours, of the system or of a driver. */
export function codeOf(error: unknown): string {
  if (error instanceof CommslogError) return error.code;
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
