/** `rules.json`: the rules that decide rows, and the settings that decide none. */
import { z } from 'zod';
import { parseAs, type Rules, rulesSchema } from './rules.ts';
import { type Settings, settingsSchema } from './settings.ts';

/** Absent settings have their defaults; an unknown one is an error. */
export const rulesFileSchema = z.strictObject({ ...rulesSchema.shape, ...settingsSchema.shape });

export type RulesFile = { readonly rules: Rules; readonly settings: Settings };

/** Throws `RULES_INVALID` whose fields point at what is wrong. */
export function parseRulesFile(input: unknown): RulesFile {
  const { note_removal, visibility, masked_roles, call_backs_since, click_to_call, ...rules } = parseAs(
    rulesFileSchema,
    input,
  );
  return { rules, settings: { note_removal, visibility, masked_roles, call_backs_since, click_to_call } };
}
