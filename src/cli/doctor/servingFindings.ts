import { existsSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { bytesInWords } from '../../health/index.ts';
import { backlogOf } from '../../listening/index.ts';
import { levels } from '../../ports/health.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { askServe } from './askServe.ts';
import { codeOf, type Finding, failure } from './finding.ts';

const healthSchema = z.object({
  checks: z.record(z.string(), z.object({ status: z.enum(levels), detail: z.string() })),
});

/**
 * How the `serve` that runs on this DATA_DIR is, in its own words: it may have logged in when its account had other rights,
 * and only it knows what waits in it. Where none answers, what the last one has left.
 */
export async function servingFindings(config: Config): Promise<readonly Finding[]> {
  try {
    const told = await askServe(config, '/readyz');
    if (told === null) return leftFindings(config);
    const { checks } = healthSchema.parse(told);
    const troubles = Object.entries(checks).filter(([, { status }]) => status !== 'pass');
    if (troubles.length === 0) return [{ level: 'ok', what: '`serve` runs, and all that it checks is well' }];
    return troubles.map(([name, { status, detail }]) => ({
      level: status === 'fail' ? 'fail' : 'warn',
      what: `\`serve\` says of ${name}: ${detail}`,
    }));
  } catch (error) {
    const reason = error instanceof Error && error.cause instanceof Error ? codeOf(error.cause) : codeOf(error);
    return [
      {
        level: 'warn',
        what: `the last \`serve\` of this DATA_DIR does not answer (${reason})`,
        advice: 'start it: while no server runs nobody listens to the PBX',
      },
      ...(await leftFindings(config)),
    ];
  }
}

/** What nobody has stored yet of what was heard. */
async function leftFindings(config: Config): Promise<readonly Finding[]> {
  const journal = join(dataDirOf(config), 'journal');
  if (!existsSync(journal)) return [];
  try {
    const left: Finding[] = [];
    for (const pbx of await readdir(journal)) {
      const bytes = await backlogOf(join(journal, pbx));
      const what = `PBX ${pbx}: ${bytesInWords(bytes)} of what it said wait in the journal; the next \`serve\` stores them`;
      if (bytes > 0) left.push({ level: 'warn', what });
    }
    return left;
  } catch (error) {
    return [failure('the journal', error, 'run this as the user of `serve`')];
  }
}
