import { v5 as uuidv5 } from 'uuid';

/** Namespace of the ids of the log's entries; never changes, or every link into the log would break. */
const ENTRY_NAMESPACE = '6f1d0a54-5c0f-4b7e-9f0a-3b8a4c1f2e77';

type ParsedCallId = { readonly second: number; readonly counter: number };

/**
 * `<second>.<counter>`, a systemname and a dash may stand in front, and behind it of a later life of the PBX `~<session>`;
 * null if it is no Uniqueid of Asterisk.
 */
export function parseCallId(id: string): ParsedCallId | null {
  const match = /(?:^|-)(\d{1,11})\.(\d{1,15})(?:~\d{1,15})?$/.exec(id);
  return match ? { second: Number(match[1]), counter: Number(match[2]) } : null;
}

/** The id as the PBX says it, which may have come again in another life of it. */
export function asThePbxSaysIt(id: string): string {
  return id.replace(LATER_LIFE, '');
}

/** The session that began the life of the PBX in which the id came again; null: it came for the first time. */
export function laterLifeOf(id: string): string | null {
  return LATER_LIFE.exec(id)?.[1] ?? null;
}

const LATER_LIFE = /~(\d{1,15})$/;

/** Older ids first: by second, then counter, as integers (`….99` before `….100`). What is no Uniqueid comes last. */
export function compareCallIds(a: string, b: string): number {
  const left = parseCallId(a);
  const right = parseCallId(b);
  if (left && right) return left.second - right.second || left.counter - right.counter || compareText(a, b);
  if (left) return -1;
  if (right) return 1;
  return compareText(a, b);
}

/** The entry's id: the same after every rebuild. */
export function entryId(pbx: string, extMessageId: string): string {
  return uuidv5(`${pbx}/${extMessageId}`, ENTRY_NAMESPACE);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
