import { DIFF_HEAD, diffLines, shownDiff, shownDiffItem } from '../../http/index.ts';
import type { InVersion, Page } from '../../ports/readModel.ts';
import type { Diff, DiffColumn, DiffFilter, DiffItem, DiffKind, Rebuilds } from '../../ports/rebuilds.ts';
import { pause } from '../../retry.ts';
import { countProgress } from '../text/countProgress.ts';
import { headline, itemText } from '../text/diffText.ts';
import { inform, print } from '../text/print.ts';
import { withVersions } from './withVersions.ts';

const PAGE = 500;
const CRLF = '\r\n';
/** Rows that a table shows unless told otherwise. */
const EXAMPLES = 20;
/** Between two times that it counts: others work with the database too. */
const REST_MS = 500;
const STANDS_MS = 60_000;

export type DiffOptions = {
  readonly format: 'table' | 'json' | 'csv';
  readonly kind?: DiffKind;
  readonly field?: DiffColumn;
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
  const summary = await untilCounted(rebuilds, version);
  print(format === 'json' ? JSON.stringify(shownDiff(summary)) : headline(version, summary));
  for await (const items of pages) {
    for (const item of items) print(format === 'json' ? JSON.stringify(shownDiffItem(item)) : itemText(item));
  }
}

/** Has it counted to the end; what is known, if it does not go on for a minute. */
async function untilCounted(rebuilds: Rebuilds, version: number): Promise<Diff> {
  const report = countProgress();
  for (let last = '', standsSince = performance.now(); ; ) {
    const diff = await rebuilds.diff(version);
    const { counted } = diff;
    if (counted === null) return diff;
    const now = performance.now();
    if (counted.to !== last) standsSince = now;
    last = counted.to;
    report(counted);
    if (counted.isWhole) return diff;
    if (now - standsSince > STANDS_MS) {
      inform(['', 'The count does not go on: look at the database. The same command goes on with it.']);
      return diff;
    }
    await pause(REST_MS);
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
