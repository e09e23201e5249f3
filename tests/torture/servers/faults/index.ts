import type { ServersFault } from '../serversFault.ts';
import { allKilled } from './allKilled.ts';
import { connectionsOfAllEnded } from './connectionsOfAllEnded.ts';
import { handedOver } from './handedOver.ts';
import { holderCutOff } from './holderCutOff.ts';
import { holderFrozen } from './holderFrozen.ts';
import { holderKilled } from './holderKilled.ts';
import { holderKilledWithBacklog } from './holderKilledWithBacklog.ts';
import { leaseConnectionEnded, leaseConnectionEndedAgain } from './leaseConnectionEnded.ts';
import { oneAfterTheOther } from './oneAfterTheOther.ts';
import { sharedPostgresFrozen } from './postgresFrozen.ts';
import { sharedPostgresAway, sharedPostgresKilled, sharedPostgresRestarted } from './postgresStopped.ts';
import { recordsImported } from './recordsImported.ts';
import { standByKilled } from './standByKilled.ts';

/** Every fault that is tried on several servers; docs/reliability.md says what comes of each. */
export const SERVERS_FAULTS: readonly ServersFault[] = [
  holderKilled,
  holderKilledWithBacklog,
  standByKilled,
  allKilled,
  holderFrozen,
  holderCutOff,
  leaseConnectionEnded,
  leaseConnectionEndedAgain,
  connectionsOfAllEnded,
  sharedPostgresRestarted,
  sharedPostgresKilled,
  sharedPostgresAway,
  sharedPostgresFrozen,
  handedOver,
  oneAfterTheOther,
  recordsImported,
];
