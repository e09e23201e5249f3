import { createWriteStream } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify/sync';
import { fromRfc3339, type Micros } from '../../src/domain/time.ts';
import { localTimeOf } from '../../src/domain/zone.ts';

/** A FreePBX has about two records a call: every other one rings a phone first that does not answer. */
export const RECORDS_OF_CALLS = [1, 3] as const;
const SECONDS_BETWEEN = 20;
const AT_ONCE = 1_000;

/** Inbound calls of the last years, in the columns of `cdr_csv`. */
export function writeMasterCsv(file: string, records: number): Promise<void> {
  return pipeline(Readable.from(portions(records)), createWriteStream(file));
}

function* portions(records: number): Generator<string> {
  let lines: string[][] = [];
  let written = 0;
  for (let call = 0; written < records; call += 1) {
    const own = Math.min(RECORDS_OF_CALLS[call % 2 === 0 ? 0 : 1], records - written);
    for (let at = 0; at < own; at += 1) lines.push(lineOf(call, written + at, at === own - 1));
    written += own;
    if (lines.length < AT_ONCE && written < records) continue;
    yield stringify(lines, { quoted_string: true });
    lines = [];
  }
}

function lineOf(call: number, sequence: number, isAnswered: boolean): string[] {
  const second = (fromRfc3339('2021-01-01T00:00:00Z') ?? 0) / 1_000_000 + call * SECONDS_BETWEEN;
  const at = (after: number) => localTimeOf(((second + after) * 1_000_000) as Micros, 'Europe/Athens');
  const number = `69${String(call % 100_000_000).padStart(8, '0')}`;
  const id = `${second}.${call}`;
  const phone = `10${sequence % 9}`;
  return [
    '',
    number,
    '600',
    'ext-group',
    `"${number}" <${number}>`,
    `PJSIP/mytrunk-${call.toString(16).padStart(8, '0')}`,
    `PJSIP/${phone}-${sequence.toString(16).padStart(8, '0')}`,
    'Dial',
    `PJSIP/${phone}/sip:${phone}@192.0.2.${sequence % 250}:5060,15,HhtrIb(func-apply-sipheaders^s^1)`,
    at(0),
    isAnswered ? at(4) : '',
    at(isAnswered ? 12 : 4),
    isAnswered ? '12' : '4',
    isAnswered ? '8' : '0',
    isAnswered ? 'ANSWERED' : 'NO ANSWER',
    'DOCUMENTATION',
    id,
    '',
    '',
    id,
    String(sequence),
  ];
}
