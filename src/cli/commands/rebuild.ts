import { setTimeout as sleep } from 'node:timers/promises';
import { acceptSettings } from '../../log/settings.ts';
import { systemClock } from '../../ports/clock.ts';
import type { Rebuild, Rebuilds } from '../../ports/rebuilds.ts';
import { countryOf } from '../opening/demoMode.ts';
import { readRulesFile } from '../opening/rulesFile.ts';
import { inform } from '../text/print.ts';
import { progressAsJson, progressInWords } from '../text/rebuildProgress.ts';
import { printDiff } from './diff.ts';
import { whileFollowed, withVersions } from './withVersions.ts';

const POLL_MS = 250;
const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

export type RebuildOptions = { readonly rules?: string; readonly dryRun: boolean; readonly json: boolean };

/**
 * `commslog rebuild`: builds the next version, shows what would change, and switches nothing. Settings of the file that
 * decide no row are in force at once.
 */
export async function rebuild({ rules, dryRun, json }: RebuildOptions): Promise<void> {
  await withVersions(async (command) => {
    const { rebuilds, log, by, config } = command;
    const file = rules === undefined ? null : readRulesFile(rules, countryOf(config));
    const { version } = await rebuilds.request(file?.rules ?? (await whatWaits(rebuilds)), 'file', by);
    if (file && !dryRun) {
      await acceptSettings(log, { settings: file.settings, source: 'file' }, { clock: systemClock, by });
    }
    const built = await whileFollowed(command, () => untilBuilt(rebuilds, version, json));
    if (built?.state === 'ready') await printDiff(rebuilds, version, { format: json ? 'json' : 'table' });
    if (dryRun) await rebuilds.drop(version);
    inform(whatNow(built, { version, dryRun }));
    if (built?.state !== 'ready') process.exitCode = 1;
  });
}

/** The rules that wait for a rebuild; null: those in force. */
async function whatWaits(rebuilds: Rebuilds) {
  return (await rebuilds.rulesInForce()).waiting?.rules ?? null;
}

/** Null when a signal came first. */
async function untilBuilt(rebuilds: Rebuilds, version: number, json: boolean): Promise<Rebuild | null> {
  const stop = new AbortController();
  const interrupt = () => stop.abort();
  for (const name of SIGNALS) process.once(name, interrupt);
  const report = json ? progressAsJson() : progressInWords();
  try {
    while (!stop.signal.aborted) {
      const found = await rebuilds.get(version);
      report(found);
      if (found.state !== 'building') return found;
      await sleep(POLL_MS, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    return null;
  } finally {
    for (const name of SIGNALS) process.off(name, interrupt);
  }
}

function whatNow(built: Rebuild | null, { version, dryRun }: { version: number; dryRun: boolean }): string {
  if (dryRun) return `Version ${version} was only a trial and is gone; nothing was switched.`;
  if (built === null) {
    return `Interrupted. \`commslog rebuild\` (or \`serve\`) goes on with version ${version}, \`commslog drop ${version}\` throws it away.`;
  }
  if (built.state !== 'ready')
    return `Version ${version} is ${built.state}: ${built.error ?? 'somebody else did that'}`;
  return `Nothing was switched. \`commslog activate ${version}\` serves it, \`commslog drop ${version}\` throws it away.`;
}
