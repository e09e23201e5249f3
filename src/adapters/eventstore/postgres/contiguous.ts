import { CommslogError } from '../../../errors.ts';

/**
 * Positions are handed out without holes under the head's lock: a hole behind `after` means that somebody deleted a row.
 * Errors: `LOG_HOLE`.
 */
export function proveContiguous(after: bigint, rows: readonly { readonly position: bigint }[]): void {
  let expected = after;
  for (const { position } of rows) {
    expected += 1n;
    if (position !== expected)
      throw new CommslogError('LOG_HOLE', `the log has no event at position ${expected}, but one at ${position}`);
  }
}
