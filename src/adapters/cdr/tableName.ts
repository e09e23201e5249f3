import { CommslogError } from '../../errors.ts';

const DEFAULT_TABLE = 'cdr';

/** `…/asteriskcdrdb?table=cdr`: the table that the URL names, and the URL without it. */
export function takeTable(url: string): { readonly table: string; readonly url: URL } {
  const parsed = new URL(url);
  const table = parsed.searchParams.get('table') ?? DEFAULT_TABLE;
  parsed.searchParams.delete('table');
  if (/^\w{1,64}$/.test(table)) return { table, url: parsed };
  throw new CommslogError('CONFIG_INVALID', 'The table of call records must be a name of letters, digits and _.');
}
