import { loadConfig } from '../../config.ts';
import { derivationOf } from '../../domain/derivation.ts';
import { settingsInForce } from '../../log/settings.ts';
import { tryRules } from '../../projections/index.ts';
import { countryOf } from '../opening/demoMode.ts';
import { readRulesFile } from '../opening/rulesFile.ts';
import { itemText, summaryText } from '../text/diffText.ts';
import { print } from '../text/print.ts';
import { withVersions } from './withVersions.ts';

/** Rows of which a trial shows what changes. */
const EXAMPLES = 20;

/** `commslog rules check`: what is wrong in the file, else what it would change on the newest calls. Errors: `RULES_INVALID`. */
export async function checkRules(file: string, { calls }: { readonly calls: number }): Promise<void> {
  const { rules, settings } = readRulesFile(file, countryOf(loadConfig(process.env)));
  print(`${file} is valid; its derivation is ${derivationOf(rules)}.`);
  await withVersions(async ({ pool, log }) => {
    const trial = await tryRules({ pool, log }, rules, calls);
    print(`On the newest ${trial.calls.toLocaleString('en')} calls: ${summaryText(trial)}.`);
    for (const item of trial.items.slice(0, EXAMPLES)) print(itemText(item));
    const inForce = await settingsInForce(log);
    if (settings.note_removal !== inForce.note_removal) {
      print(`note_removal: ${settings.note_removal} in place of ${inForce.note_removal}; that needs no rebuild.`);
    }
  });
}

/** `commslog rules export`: the rules in force, as a rules file. */
export async function exportRules(): Promise<void> {
  const file = await withVersions(async ({ rebuilds, log }) => {
    const { active } = await rebuilds.rulesInForce();
    return { ...active.rules, ...(await settingsInForce(log)) };
  });
  print(JSON.stringify(file, null, 2).split('\n'));
}
