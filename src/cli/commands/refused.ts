import { type Config, loadConfig } from '../../config.ts';
import { appendRefused } from '../../log/appendRefused.ts';
import { RefusedFolder } from '../../log/refusedFolder.ts';
import { dataDirOf } from '../opening/dataDir.ts';
import { inform, print } from '../text/print.ts';
import { tableText } from '../text/tableText.ts';
import { withVersions } from './withVersions.ts';

/** `commslog refused`: how many facts the log has refused, and why. */
export function refused(): void {
  const { facts, unreadable } = folderOf(loadConfig(process.env)).read();
  const counts = new Map<string, number>();
  for (const { code } of facts) counts.set(code, (counts.get(code) ?? 0) + 1);
  if (facts.length > 0) print(countsText(counts));
  if (unreadable > 0) inform(`${unreadable} files in refused/ are no facts`);
  inform(
    facts.length === 0
      ? 'the log has refused no facts'
      : `${facts.length} refused; once the log can take them, \`commslog refused append\` appends them again`,
  );
}

/** `commslog refused append`: appends them again; what is refused once more stays. */
export async function appendRefusedFacts(): Promise<void> {
  await withVersions(async ({ log, config }) => {
    const { stored, erased, refused: again } = await appendRefused(log, folderOf(config));
    print(`${stored} are in the log now`);
    if (erased > 0) print(`${erased} were of calls that have been erased, and are gone`);
    if (again.size === 0) return;
    inform(['the log refuses these still:', ...countsText(again)]);
    process.exitCode = 1;
  });
}

function folderOf(config: Config): RefusedFolder {
  return new RefusedFolder(dataDirOf(config));
}

function countsText(counts: ReadonlyMap<string, number>): readonly string[] {
  return tableText(
    ['reason', 'facts'],
    [...counts].map(([code, count]) => [code, `${count}`]),
  );
}
