/** What the journal costs: records from `append` to the reader, beside a file that is written and synced as often. */
import { mkdtempSync, rmSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Journal } from '../src/listening/index.ts';
import type { BenchLine } from './line.ts';
import { median, seconds } from './timing.ts';

const RECORDS = 5_000;
/** What one read of a busy PBX's socket completes. */
const FACTS_A_RECORD = 20;
const ROUNDS = 3;
/** Records that are written and synced together in the baseline, about as many as the journal takes at once. */
const TOGETHER = 50;

const facts = Array.from({ length: FACTS_A_RECORD }, (_, seq) => ({
  seq,
  call: '1795400269.198',
  type: 'ChannelStateChanged',
  fields: Array.from({ length: 24 }, (_, n) => [`Field${n}`, `value ${n} of a channel`]),
  latin1: [],
}));
const record = { kind: 'facts', connection: '0b6c7c1e-3a52-4d0c-8a57-5f6d2f0e9b41', at: 1_795_400_269_000_000, facts };

export async function* run(): AsyncIterable<BenchLine> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-bench-'));
  const [ours, bare]: [number[], number[]] = [[], []];
  try {
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push((RECORDS * FACTS_A_RECORD) / (await seconds(() => writeBare(join(folder, `bare${round}`)))));
      ours.push((RECORDS * FACTS_A_RECORD) / (await seconds(() => through(join(folder, `journal${round}`)))));
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
  const [value, baseline] = [median(ours), median(bare)];
  const bench = 'journal: facts appended, synced and read again, beside a file that is only written and synced';
  yield { bench, value, unit: 'facts/s', baseline, ratio: value / baseline };
}

async function writeBare(file: string): Promise<void> {
  const handle = await open(file, 'a');
  const line = `${JSON.stringify(record)}\n`;
  for (let written = 0; written < RECORDS; written += TOGETHER) {
    await handle.appendFile(line.repeat(TOGETHER));
    await handle.datasync();
  }
  await handle.close();
}

async function through(folder: string): Promise<void> {
  const journal = await Journal.open({ folder, logger: pino({ level: 'silent' }) });
  const { signal } = new AbortController();
  const read = async () => {
    for await (const { end, number } of journal.read(signal)) journal.release(end, number + 1);
  };
  const reading = read();
  for (let appended = 0; appended < RECORDS; appended += 1) {
    await journal.room(signal);
    void journal.append(record);
  }
  await journal.end();
  await reading;
  await journal.close();
}
