import { CommslogError } from '../errors.ts';

/** A version of a thing that people change: its id and the revision of its stream (-1: nobody has changed it). */
export type Version = { readonly id: string; readonly revision: bigint };

/** Which versions may be changed; `existing`: whichever there is; undefined: what is not there yet, too. */
export type Precondition = 'existing' | readonly Version[] | undefined;

/** Error: `PRECONDITION_FAILED` when `current` is none of them; null: it is not there. */
export function requireVersion(precondition: Precondition, current: Version | null): void {
  if (precondition === undefined) return;
  if (current !== null && (precondition === 'existing' || precondition.some((one) => isSame(one, current)))) return;
  throw new CommslogError('PRECONDITION_FAILED', 'It was changed since; read it again before you write.');
}

function isSame(a: Version, b: Version): boolean {
  return a.id === b.id && a.revision === b.revision;
}
