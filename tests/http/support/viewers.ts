import { Directory } from '../../../src/domain/directory/directory.ts';
import { NO_PLACE_NAMES } from '../../../src/domain/directory/team.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import type { Micros } from '../../../src/domain/time.ts';
import { Viewer } from '../../../src/http/kit/viewer.ts';

export const NOBODY_KNOWN = new Directory({
  people: [],
  teams: [],
  places: NO_PLACE_NAMES,
  settings: DEFAULT_SETTINGS,
});

/** An agent who sees all, by an empty directory. */
export const ANNA_SEES = new Viewer(NOBODY_KNOWN, {
  sub: 'anna',
  role: 'agent',
  expiresAt: 9e15 as Micros,
  issuedAt: null,
  signInSession: null,
});
