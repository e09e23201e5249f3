import { parseCallId } from '../../domain/callId.ts';
import type { PbxFactData } from '../../domain/events.ts';

/** As `cdr_csv` writes them, under the names that FreePBX's table has for them. */
const BASE = [
  'accountcode',
  'src',
  'dst',
  'dcontext',
  'clid',
  'channel',
  'dstchannel',
  'lastapp',
  'lastdata',
  'calldate',
  'answer',
  'end',
  'duration',
  'billsec',
  'disposition',
  'amaflags',
] as const;
/** `newcdrcolumns = yes` */
const NEW = ['peeraccount', 'linkedid', 'sequence'] as const;

/**
 * The columns of a line. `loguniqueid`, `loguserfield` and `newcdrcolumns` each add some, so their number tells which are
 * there. Null when it is no line of `cdr_csv`, or without a Uniqueid, by which a call is known.
 */
export function columnsOf(values: readonly string[]): PbxFactData | null {
  const more = values.slice(BASE.length);
  const names = namesOf(more);
  if (names === null || !parseCallId(more[0] ?? '')) return null;
  const latin1: string[] = [];
  const fields = [...BASE, ...names].map((name, at): [string, string] => {
    const value = values[at] ?? '';
    const text = asUtf8(value);
    if (text === null) latin1.push(name);
    return [name, text ?? value];
  });
  return latin1.length === 0 ? { fields } : { fields, latin1 };
}

function namesOf(more: readonly string[]): readonly string[] | null {
  const own = { 1: ['uniqueid'], 2: ['uniqueid', 'userfield'] } as const;
  switch (more.length) {
    case 1:
    case 2:
      return own[more.length];
    case 4:
      return [...own[1], ...NEW];
    case 5:
      return [...own[2], ...NEW];
    default:
      return null;
  }
}

const decoder = new TextDecoder('utf-8', { fatal: true });

/** Of bytes that were read as Latin-1; null when they are no UTF-8. */
function asUtf8(text: string): string | null {
  if (!/[\x80-\xff]/.test(text)) return text;
  try {
    return decoder.decode(Buffer.from(text, 'latin1'));
  } catch {
    return null;
  }
}
