import type { CommsEntry } from '../../domain/entry.ts';
import { CommslogError } from '../../errors.ts';
import type { CommsKey, InVersion, ReadModel } from '../../ports/readModel.ts';

const PAGE = 500;
/** Entries of a period; who wants more takes a shorter one, or `export`. */
const MAX_ENTRIES = 10_000;

/** Those of the active version, the oldest first. Errors: `CONFIG_INVALID` when there are too many. */
export async function entriesOf(
  readModel: ReadModel,
  { from, to }: { readonly from: string; readonly to: string },
): Promise<CommsEntry[]> {
  const entries: CommsEntry[] = [];
  let after: InVersion<CommsKey> | null = null;
  do {
    const page: Awaited<ReturnType<ReadModel['entries']>> = await readModel.entries({ from, to }, after, PAGE);
    entries.push(...page.items);
    after = page.next;
    if (entries.length > MAX_ENTRIES) {
      throw new CommslogError(
        'CONFIG_INVALID',
        `more than ${MAX_ENTRIES} calls: take a shorter period, or commslog export`,
      );
    }
  } while (after !== null);
  return entries.reverse();
}
