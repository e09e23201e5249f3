import { resolve } from 'node:path';
import type { Config } from '../../config.ts';
import { dangerOf, makeDataFolder } from '../../dataFolder.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { type Finding, failure } from './finding.ts';

/** Whether what is written into the data folder is kept there. */
export function folderFinding(config: Config): Finding {
  const folder = resolve(dataDirOf(config));
  try {
    makeDataFolder(folder);
    const danger = dangerOf(folder);
    if (danger === null) return { level: 'ok', what: `${folder} can be written and synced` };
    return { level: 'warn', what: danger, advice: 'choose a DATA_DIR on a disk of this machine' };
  } catch (error) {
    return failure('the data folder', error, 'mend it before the first start');
  }
}
