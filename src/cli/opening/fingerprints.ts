import { createHmac } from 'node:crypto';
import type { Config } from '../../config.ts';
import { proposedRules } from './rulesFile.ts';

/** Enough that two settings do not look alike by chance, and nothing to find a setting by. */
const CHARACTERS = 12;

type Known = {
  readonly secret: Uint8Array;
  /** of the log that is used; null: it is not known */
  readonly logId: string | null;
  /** PBXs and rules are nothing to it */
  readonly isHttpOnly: boolean;
};

/**
 * What was set, as digests keyed with the secret: whoever reads them learns only what is the same elsewhere.
 * Errors: `RULES_INVALID`.
 */
export function fingerprintsOf(config: Config, { secret, logId, isHttpOnly }: Known): Record<string, string> {
  const pbxs = config.pbxs.map(({ id, host, port, username }) => [`pbx ${id}`, [host, port, username]] as const);
  const settings: readonly (readonly [string, unknown])[] = [
    ['secret', 'is the key'],
    ['public_url', config.PUBLIC_URL ?? null],
    ...(logId === null ? [] : [['log', logId] as const]),
    ...(isHttpOnly ? [] : [...rulesOf(config), ...pbxs]),
  ];
  return Object.fromEntries(settings.map((setting) => [setting[0], digestOf(setting, secret)]));
}

function rulesOf(config: Config) {
  const { rules, settings } = proposedRules(config);
  return [['rules', rules] as const, ['settings', settings] as const];
}

function digestOf(setting: unknown, secret: Uint8Array): string {
  return createHmac('sha256', secret).update(JSON.stringify(setting)).digest('base64url').slice(0, CHARACTERS);
}
