import { DIFF_HEAD, diffLines, shownDiff, shownDiffItem } from '../../http/index.ts';
import type { InVersion, Page } from '../../ports/readModel.ts';
import type { Diff, DiffFilter, DiffItem, DiffKind, Rebuilds } from '../../ports/rebuilds.ts';
import { itemText, summaryText } from '../text/diffText.ts';
import { print } from '../text/print.ts';
import { withVersions } from './withVersions.ts';

const PAGE = 500;
const CRLF = '\r\n';
/** Rows that a table shows unless told otherwise. */
const EXAMPLES = 20;

export type DiffOptions = {
  readonly format: 'table' | 'json' | 'csv';
  readonly kind?: DiffKind;
  readonly field?: string;
  readonly limit?: number;
};

/** `commslog diff`: what readers would see otherwise with this version. */
export async function diff(version: number, options: DiffOptions): Promise<void> {
  await withVersions(({ rebuilds }) => printDiff(rebuilds, version, options));
}

export async function printDiff(rebuilds: Rebuilds, version: number, options: DiffOptions): Promise<void> {
  const { format, kind, field } = options;
  const filter = { ...(kind === undefined ? {} : { kind }), ...(field === undefined ? {} : { field }) };
  const limit = options.limit ?? (format === 'table' ? EXAMPLES : Number.POSITIVE_INFINITY);
  const pages = pagesOf(rebuilds, version, filter, limit);
  if (format === 'csv') {
    printCsv(DIFF_HEAD);
    for await (const items of pages) printCsv(diffLines(items));
    return;
  }
  const summary = await rebuilds.diff(version);
  print(format === 'json' ? JSON.stringify(shownDiff(summary)) : headline(version, summary));
  for await (const items of pages) {
    for (const item of items) print(format === 'json' ? JSON.stringify(shownDiffItem(item)) : itemText(item));
  }
}

function printCsv(text: string): void {
  print(text.split(CRLF).slice(0, -1), CRLF);
}

async function* pagesOf(rebuilds: Rebuilds, version: number, filter: DiffFilter, limit: number) {
  let after: InVersion<string> | null = null;
  for (let left = limit; left > 0; ) {
    const page: Page<DiffItem, InVersion<string>> = await rebuilds.diffItems(
      version,
      filter,
      after,
      Math.min(left, PAGE),
    );
    yield page.items;
    left -= page.items.length;
    if (page.next === null) return;
    after = page.next;
  }
}

function headline(version: number, diff: Diff): readonly string[] {
  const behind = diff.complete ? [] : ['It has not caught up with the active version yet: this is not all.'];
  return [`Version ${version} against ${diff.against}, which is active: ${summaryText(diff)}.`, ...behind];
}
