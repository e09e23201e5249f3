/** The house: every room of `src`, whom it may import besides itself, and by which door others come in. */
export type Room = {
  /** folder or file, from `src/` on; a file belongs to the innermost room that holds it */
  readonly name: string;
  /** rooms, with all that is inside them */
  readonly may: readonly string[];
  /** packages that it may import; absent: any */
  readonly packages?: RegExp;
  /** others import only the `index.ts` of this folder; absent: every file is open to who may come in */
  readonly door?: string;
};

const NO_PACKAGE = /^$/;
/** What the rooms share stands beside them, directly in `src`. */
const SHARED = [
  'errors.ts',
  'errorPolicy.ts',
  'version.ts',
  'config.ts',
  'configValues.ts',
  'dataFolder.ts',
  'aborting.ts',
  'deadline.ts',
  'escaped.ts',
  'folderLock.ts',
  'ownFile.ts',
  'retry.ts',
  'secretFile.ts',
  'postgres.ts',
  'postgresNotices.ts',
  'postgresWakeUp.ts',
];
const INNER = ['domain', 'ports', ...SHARED];

const AMI = 'adapters/ami';
/** What the command line wires together. */
const WIRED = [
  'adapters',
  'listening',
  'importing',
  'dialling',
  'health',
  'acts',
  'erasing',
  'log',
  'projections',
  'http',
  ...INNER,
];

export const ROOMS: readonly Room[] = [
  { name: 'domain', may: ['errors.ts'], packages: /^(?:zod|libphonenumber-js|uuid)(?:\/|$)/ },
  { name: 'ports', may: ['domain', 'errors.ts', 'aborting.ts'], packages: NO_PACKAGE },
  { name: 'log', may: INNER },
  { name: 'acts', may: ['log', ...INNER] },
  { name: 'listening', may: ['listening', 'log', ...INNER], door: 'listening' },
  // beside the door, so that `explain` loads nothing of the rest
  { name: 'listening/translation.ts', may: ['listening', ...INNER] },
  { name: 'importing', may: ['log', ...INNER], door: 'importing' },
  { name: 'dialling', may: ['log', ...INNER], door: 'dialling' },
  { name: 'health', may: ['listening', ...INNER], door: 'health' },
  { name: 'adapters/ami', may: ['adapters/ami', ...INNER], door: AMI },
  { name: 'adapters/ami/wire', may: INNER, door: AMI },
  { name: 'adapters/ami/session', may: ['adapters/ami/wire', ...INNER], door: AMI },
  { name: 'adapters/ami/recordings', may: ['adapters/ami/wire', ...INNER], door: AMI },
  // the same
  { name: 'adapters/ami/recordings/recording.ts', may: ['adapters/ami/wire', 'adapters/ami/recordings', ...INNER] },
  { name: 'adapters/ami/replay', may: ['adapters/ami/wire', 'adapters/ami/recordings', ...INNER], door: AMI },
  { name: 'adapters/ami/acting', may: ['adapters/ami/wire', 'adapters/ami/replay', ...INNER], door: AMI },
  { name: 'adapters/eventstore', may: ['log', ...INNER], door: 'adapters/eventstore' },
  { name: 'adapters/cdr', may: INNER, door: 'adapters/cdr' },
  { name: 'adapters/postgres', may: INNER, door: 'adapters/postgres' },
  { name: 'projections', may: ['projections', 'log', ...INNER], door: 'projections' },
  projecting('tables'),
  projecting('migrations', 'tables'),
  projecting('people', 'tables'),
  projecting('calls', 'tables', 'people'),
  projecting('reports', 'tables'),
  projecting('queries', 'tables', 'reports'),
  projecting('diff', 'tables'),
  projecting('following', 'tables', 'people', 'calls', 'queries'),
  projecting('history', 'tables', 'calls', 'following', 'queries'),
  projecting('copying', 'tables', 'people'),
  projecting('versions', 'tables', 'people', 'calls', 'following', 'copying', 'queries', 'diff'),
  { name: 'erasing', may: ['log', 'projections', ...INNER], door: 'erasing' },
  { name: 'http', may: ['http', 'acts', 'importing', ...INNER], door: 'http' },
  { name: 'http/auth', may: INNER, door: 'http' },
  { name: 'http/contract', may: INNER, door: 'http' },
  { name: 'http/kit', may: ['http/auth', 'http/contract', 'acts', ...INNER], door: 'http' },
  { name: 'http/files', may: ['http/kit', ...INNER], door: 'http' },
  { name: 'http/live', may: ['http/auth', 'http/contract', 'http/kit', ...INNER], door: 'http' },
  { name: 'http/routes', may: ['http', 'acts', 'importing', ...INNER], door: 'http' },
  { name: 'cli/text', may: WIRED },
  { name: 'cli/opening', may: WIRED },
  { name: 'cli/demo', may: WIRED },
  { name: 'cli/serving', may: ['cli/text', 'cli/opening', 'cli/demo', ...WIRED] },
  { name: 'cli/doctor', may: ['cli/text', 'cli/opening', 'cli/serving', ...WIRED] },
  { name: 'cli/commands', may: ['cli/text', 'cli/opening', 'cli/serving', ...WIRED] },
  { name: 'cli', may: ['cli', ...WIRED] },
  ...SHARED.map((name) => ({ name, may: ['domain', ...SHARED] })),
];

/** A room inside the projections, and the rooms beside it that it stands on. */
function projecting(name: string, ...others: readonly string[]): Room {
  const may = ['log', ...others.map((other) => `projections/${other}`), ...INNER];
  return { name: `projections/${name}`, may, door: 'projections' };
}
