import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { defaultRules } from '../../domain/rules.ts';
import { parseRulesFile, type RulesFile } from '../../domain/rulesFile.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import { CommslogError } from '../../errors.ts';
import { countryOf } from './demoMode.ts';

/**
 * The rules and settings that this installation proposes: RULES_FILE if it is there, else the defaults. COUNTRY (in the demo
 * its own) fills in the country where the file has none. Errors: `RULES_INVALID`, which names file and field.
 */
export function proposedRules(config: Config): RulesFile & { readonly source: 'default' | 'file' } {
  const country = countryOf(config);
  if (!existsSync(config.RULES_FILE)) {
    return { rules: defaultRules(country), settings: DEFAULT_SETTINGS, source: 'default' };
  }
  return { ...readRulesFile(config.RULES_FILE, country), source: 'file' };
}

/** What one file says; `country` where the file has none. Errors: `RULES_INVALID`. */
export function readRulesFile(file: string, country: string | null): RulesFile {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CommslogError('RULES_INVALID', `${file} cannot be read as JSON. Check that it exists and is complete.`, {
      cause,
    });
  }
  const object = z.record(z.string(), z.unknown()).safeParse(json);
  if (!object.success) return parseRulesFile(json);
  // tells editors where docs/rules.schema.json is
  const { $schema: _, ...settings } = object.data;
  return parseRulesFile({ country, ...settings });
}
