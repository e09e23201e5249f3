import { CommslogError } from '../../errors.ts';

/** One thing that `doctor` has looked at, and what to do about it. */
export type Finding = { readonly level: 'ok' | 'warn' | 'fail'; readonly what: string; readonly advice?: string };

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
