import { CommslogError } from '../../errors.ts';

/** The version of a thing that people change: its id and the revision of its stream (-1: nobody has changed it). */
export function etagOf(id: string, revision: bigint): string {
  return `"${id}:${revision}"`;
}

/** Errors: `PRECONDITION_FAILED` when there is an If-Match and it names another version. */
export function requireMatch(ifMatch: string | undefined, etag: string | null): void {
  if (ifMatch === undefined) return;
  const named = ifMatch.split(',').map((tag) => tag.trim());
  if (etag !== null && (named.includes('*') || named.includes(etag))) return;
  throw new CommslogError('PRECONDITION_FAILED', 'It was changed since; read it again before you write.');
}
