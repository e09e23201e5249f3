import type { Config } from '../../config.ts';

/** The demo's company is Greek. */
const DEMO_COUNTRY = 'GR';

/** Where nothing of the user's own is configured, the demo runs; never beside a real database, log or PBX. */
export function isDemo(config: Config): boolean {
  const own = config.pbxs.length > 0 || config.DATABASE_URL !== undefined || config.EVENTSTORE_URL !== undefined;
  return !own && config.DEMO !== false;
}

/** The country whose national numbers are understood where the rules file names none; null: of none. */
export function countryOf(config: Config): string | null {
  return config.COUNTRY ?? (isDemo(config) ? DEMO_COUNTRY : null);
}
