import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { openCallRecords } from '../../../src/adapters/cdr/index.ts';
import { masterCsv } from '../../support/callRecords.ts';
import { contract } from './contract.ts';

contract('call records in a gzipped Master.csv', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-'));
  const file = join(folder, 'Master.csv.gz');
  return {
    open(records) {
      writeFileSync(file, gzipSync(masterCsv(records)));
      return openCallRecords(file);
    },
    async drop() {
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
