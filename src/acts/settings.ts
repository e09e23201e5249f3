import type { Author } from '../domain/events.ts';
import type { Settings } from '../domain/settings.ts';
import { acceptSettings, settingsInForce } from '../log/settings.ts';
import type { ActDeps } from './deps.ts';

type Deps = Pick<ActDeps, 'log' | 'clock'>;

/** The settings in force that decide no row. Errors: those of the log. */
export function readSettings({ log }: Pick<Deps, 'log'>): Promise<Settings> {
  return settingsInForce(log);
}

/** Puts others in force, and returns those that are then. Errors: those of the log. */
export async function changeSettings({ log, clock }: Deps, settings: Settings, by: Author): Promise<Settings> {
  await acceptSettings(log, { settings, source: 'api' }, { clock, by });
  return settingsInForce(log);
}
