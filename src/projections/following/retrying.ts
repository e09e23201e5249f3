import { type CommslogError, type ErrorCode, hasCode } from '../../errors.ts';

/** What trying again cannot help: a person has to look. */
const FINAL: readonly ErrorCode[] = ['LOG_IS_ANOTHER', 'LOG_TOO_SHORT', 'LOG_HOLE', 'LOG_ACCESS_DENIED'];
/** Of whatever is tried again for as long as it takes. */
export const RETRIES = { minMs: 100, maxMs: 30_000 };

export function isFinal(error: unknown): error is CommslogError {
  return hasCode(error, ...FINAL);
}
