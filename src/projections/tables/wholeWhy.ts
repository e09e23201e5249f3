import type { Reason, Why } from '../../domain/entry.ts';

/** The reasons of a row, that of its number among them, which stands in a column of its own. */
export function wholeWhy({ why, external_number_why: number }: StoredWhy): Why {
  return number === null ? why : { external_number: number, ...why };
}

type StoredWhy = { readonly why: Why; readonly external_number_why: Reason | null };

/** SQL: the same, as json. The reasons that the fold gives are never none. */
export const WHOLE_WHY = `case when external_number_why is null then why
  else ('{"external_number":' || external_number_why::text || ',' || substr(why::text, 2))::json end`;
