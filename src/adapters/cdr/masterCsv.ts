import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import type { PbxFactData } from '../../domain/events.ts';
import { CommslogError } from '../../errors.ts';
import type { CallRecordSource, RecordBatch, WantedRecords } from '../../ports/callRecordSource.ts';
import { columnsOf } from './csvColumns.ts';
import { toCdrError } from './sourceError.ts';

const BATCH = 1_000;
const MAX_LINE_BYTES = 100_000;
const GZIP = [0x1f, 0x8b];

/** A `Master.csv` as Asterisk's `cdr_csv` writes it, gzipped or not; the key of a batch counts its records. */
export async function openMasterCsv(file: string): Promise<CallRecordSource> {
  const isGzipped = await beginsLikeGzip(file);
  return { batches: (wanted, signal) => batches(file, isGzipped, wanted, signal), close: async () => {} };
}

async function* batches(
  file: string,
  isGzipped: boolean,
  { since, until, after }: WantedRecords,
  signal: AbortSignal,
): AsyncGenerator<RecordBatch> {
  const skipped = Number(after ?? 0);
  let read = 0;
  let unreadable = 0;
  let records: PbxFactData[] = [];
  const take = () => {
    const batch = { records, unreadable, key: `${read}` };
    records = [];
    unreadable = 0;
    return batch;
  };
  const skip = () => {
    unreadable += 1;
    return undefined;
  };
  for await (const values of linesOf(file, isGzipped, skip, signal)) {
    read += 1;
    if (read <= skipped) continue;
    const record = columnsOf(values);
    const begin = record?.fields.find(([name]) => name === 'calldate')?.[1] ?? null;
    if (record === null || begin === null) unreadable += 1;
    else if ((since === null || begin >= since) && (until === null || begin < until)) records.push(record);
    if (read % BATCH === 0) yield take();
  }
  if (records.length > 0 || unreadable > 0) yield take();
}

/** Bytes as Latin-1, which loses none: a name that was cut inside a letter is no UTF-8. */
async function* linesOf(
  file: string,
  isGzipped: boolean,
  onSkip: () => undefined,
  signal: AbortSignal,
): AsyncGenerator<readonly string[]> {
  const parser = parse({
    encoding: 'latin1',
    relax_column_count: true,
    relax_quotes: true,
    skip_records_with_error: true,
    skip_empty_lines: true,
    max_record_size: MAX_LINE_BYTES,
    on_skip: onSkip,
  });
  const bytes = createReadStream(file, { signal });
  const text = isGzipped ? bytes.pipe(createGunzip()) : bytes;
  const fail = (error: Error) => parser.destroy(error);
  bytes.on('error', fail);
  if (text !== bytes) text.on('error', fail);
  text.pipe(parser);
  try {
    for await (const values of parser) yield values;
  } catch (error) {
    if (!signal.aborted) throw toCdrError(error);
  } finally {
    bytes.destroy();
  }
}

async function beginsLikeGzip(file: string): Promise<boolean> {
  try {
    const handle = await open(file);
    try {
      const { buffer } = await handle.read(Buffer.alloc(GZIP.length), 0, GZIP.length, 0);
      return GZIP.every((byte, at) => buffer[at] === byte);
    } finally {
      await handle.close();
    }
  } catch (cause) {
    throw new CommslogError('CDR_UNREADABLE', 'The file of call records cannot be read: check that it exists.', {
      cause,
    });
  }
}
