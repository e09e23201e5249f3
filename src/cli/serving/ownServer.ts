import { toRfc3339 } from '../../domain/time.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { OwnServer } from '../../ports/servers.ts';
import { VERSION } from '../../version.ts';
import { fingerprintsOf } from '../opening/fingerprints.ts';
import { localSecret } from '../opening/secret.ts';
import type { Identity } from './identity.ts';
import type { Run } from './run.ts';

/** What this server tells the others of itself, but for what it does. Errors: those of the log, of the secret and of the rules. */
export async function ownServer(run: Run, identity: Identity, log: EventStore): Promise<Omit<OwnServer, 'does'>> {
  const { config, isHttpOnly } = run;
  const secret = localSecret(config.DATA_DIR, config.AUTH_SECRET_FILE);
  return {
    ...identity,
    program: VERSION,
    startedAt: toRfc3339(systemClock.now()),
    fingerprints: fingerprintsOf(config, { secret, logId: await log.logId(), isHttpOnly }),
  };
}
