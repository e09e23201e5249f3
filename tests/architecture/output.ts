import type { SourceFile } from './arrows.ts';

/** The one file that writes to a terminal; the other one keeps a package from doing so. */
const MAY_WRITE = ['cli/text/print.ts', 'adapters/eventstore/eventstoredb/connection.ts'];
const WRITES = /\bconsole\b|\bprocess\.std(?:out|err)\b/;

/** Files that write to a terminal past the one way, on which everything is escaped. */
export function writersBeside(files: readonly SourceFile[]): readonly string[] {
  return files.filter(({ path, source }) => !MAY_WRITE.includes(path) && WRITES.test(source)).map(({ path }) => path);
}
