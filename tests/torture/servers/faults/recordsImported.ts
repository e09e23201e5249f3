import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CALL_RECORD_IMPORTED } from '../../../../src/domain/events.ts';
import { BEGINNING } from '../../../../src/ports/eventStore.ts';
import { masterCsv } from '../../../support/callRecords.ts';
import { command } from '../../../support/program.ts';
import { tableRecordOf } from '../../numberedCall.ts';
import type { Installation } from '../installation.ts';
import type { Server } from '../server.ts';
import type { ServersFault } from '../serversFault.ts';

export const recordsImported: ServersFault = {
  name: 'records-imported',
  async run(installation) {
    const over = installation.pbx.calls.filter(({ endedAt }) => endedAt !== null);
    const csv = masterCsv(over.map(tableRecordOf));
    await Promise.all(installation.listeners.map((server) => importFrom(csv, server)));
    const inLog = await recordsIn(installation);
    if (inLog !== over.length) throw new Error(`of ${over.length} records ${inLog} are in the log`);
    return {
      seen: `\`import cdr\` at each server at once, beside all of them: each of ${over.length} records is stored once`,
      takeOver: null,
    };
  },
};

async function importFrom(csv: string, server: Server): Promise<void> {
  const settings = server.settings();
  const file = join(settings.DATA_DIR ?? '', 'Master.csv');
  writeFileSync(file, csv);
  const { status, stderr } = await command(['import', 'cdr', file], settings);
  if (status !== 0) throw new Error(`the import ended with ${status}: ${stderr}`);
}

async function recordsIn({ watch: { log } }: Installation): Promise<number> {
  let records = 0;
  for await (const events of log.readAll(BEGINNING, { streamPrefixes: ['cdr-'] })) {
    records += events.filter(({ type }) => type === CALL_RECORD_IMPORTED).length;
  }
  return records;
}
