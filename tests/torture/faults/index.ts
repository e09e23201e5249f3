import type { Fault } from '../fault.ts';
import { clockStepped } from './clockStepped.ts';
import { connectionsEnded } from './connectionsEnded.ts';
import { diskFull } from './diskFull.ts';
import { eventStoreGone } from './eventStoreGone.ts';
import { folderReadOnly } from './folderReadOnly.ts';
import { networkCut } from './networkCut.ts';
import { networkStalled } from './networkStalled.ts';
import { pbxEndsInFrame } from './pbxEndsInFrame.ts';
import { pbxRestarted } from './pbxRestarted.ts';
import { pbxSendsGarbage } from './pbxSendsGarbage.ts';
import { pbxSendsLongLine } from './pbxSendsLongLine.ts';
import { pbxStallsInFrame } from './pbxStallsInFrame.ts';
import { postgresFrozen } from './postgresFrozen.ts';
import { postgresKilled } from './postgresKilled.ts';
import { postgresRestarted } from './postgresRestarted.ts';
import { serveKilled } from './serveKilled.ts';
import { stoppedWithBacklog } from './stoppedWithBacklog.ts';

/** Every fault that is tried; docs/reliability.md says what comes of each. */
export const FAULTS: readonly Fault[] = [
  serveKilled,
  stoppedWithBacklog,
  postgresKilled,
  postgresRestarted,
  postgresFrozen,
  connectionsEnded,
  networkCut,
  networkStalled,
  pbxRestarted,
  pbxSendsGarbage,
  pbxSendsLongLine,
  pbxEndsInFrame,
  pbxStallsInFrame,
  diskFull,
  folderReadOnly,
  eventStoreGone,
  clockStepped,
];
