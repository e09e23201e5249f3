import type { Author } from '../domain/events.ts';
import type { Settings } from '../domain/settings.ts';
import { acceptSettings, settingsInForce } from '../log/settings.ts';
import { type ActDeps, untilVisible } from './deps.ts';

type Deps = Pick<ActDeps, 'log' | 'clock'>;

/** The settings in force that decide no row. Errors: those of the log. */
export function readSettings({ log }: Pick<Deps, 'log'>): Promise<Settings> {
  return settingsInForce(log);
}

/** Puts others in force, what is absent stays; returns those that are then, when readers see it or after two seconds. Errors: those of the log. */
export async function changeSettings(deps: ActDeps, changed: Partial<Settings>, by: Author): Promise<Settings> {
  const { log, clock } = deps;
  const settings = { ...(await settingsInForce(log)), ...changed };
  await acceptSettings(log, { settings, source: 'api' }, { clock, by });
  await untilVisible(deps, await log.head());
  return settingsInForce(log);
}
