import { readFileSync, writeFileSync } from 'node:fs';
import { Appending } from '../../projections/support/appending.ts';
import { sessionOf } from '../../projections/support/recordedCalls.ts';
import { inTemporaryFolder } from '../../support/temporaryFolder.ts';
import type { System } from './system.ts';

const RECORDING = new URL('../../fixtures/reports/07-ai-agent-audiosocket-only/input.txt', import.meta.url);
/** When it was read; it is told as a call of another time. */
const READ_AT = 1_799_000_046;

/** A caller who spoke with a bot alone, and hung up. */
export async function tellMachineCall(system: System, pbx: string): Promise<void> {
  const told = await inTemporaryFolder((folder) => {
    const text = readFileSync(RECORDING, 'utf8').replace(/\r?\n/g, '\r\n');
    writeFileSync(`${folder}/ami.txt`, text);
    writeFileSync(`${folder}/ami.timing.jsonl`, `[0,${Buffer.byteLength(text)},${READ_AT}]\n`);
    return sessionOf(pbx, 0, [`${folder}/ami.txt`]);
  });
  await system.projector.reach(await new Appending(system.log).append(told));
}
