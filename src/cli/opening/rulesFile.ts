import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Config } from '../../config.ts';
import { defaultRules, parseRules, type Rules } from '../../domain/rules.ts';
import { CommslogError } from '../../errors.ts';
import { countryOf } from './demoMode.ts';

/**
 * The rules that this installation proposes: RULES_FILE if it is there, else the defaults. COUNTRY (in the demo its own)
 * fills in the country where the file has none. Errors: `RULES_INVALID`, which names file and field.
 */
export function proposedRules(config: Config): { rules: Rules; source: 'default' | 'file' } {
  const country = countryOf(config);
  if (!existsSync(config.RULES_FILE)) return { rules: defaultRules(country), source: 'default' };
  return { rules: readRules(config.RULES_FILE, country), source: 'file' };
}

/** The rules of one file; `country` where the file has none. Errors: `RULES_INVALID`. */
export function readRules(file: string, country: string | null): Rules {
  let json: unknown;
  try {
    json = JSON.parse(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw new CommslogError('RULES_INVALID', `${file} cannot be read as JSON. Check that it exists and is complete.`, {
      cause,
    });
  }
  const object = z.record(z.string(), z.unknown()).safeParse(json);
  if (!object.success) return parseRules(json);
  // tells editors where docs/rules.schema.json is
  const { $schema: _, ...settings } = object.data;
  return parseRules({ country, ...settings });
}
