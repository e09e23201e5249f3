import { fieldOf } from '../../../ports/pbxSource.ts';
import { pause } from '../../../retry.ts';
import { type Command, commandsOf } from './account.ts';
import type { Conversation } from './conversation.ts';
import type { LoginMethod } from './login.ts';
import { openCalls } from './openCalls.ts';
import { openSession, type SessionOptions } from './session.ts';
import { DEFAULT_TIMINGS, type Timings } from './timings.ts';

export type ProbeOptions = Omit<SessionOptions, 'timings'> & {
  readonly timings?: Partial<Timings>;
  /** how long to listen for events, in milliseconds */
  readonly listenMs?: number;
};

/** What one look at a PBX shows. */
export type ProbeReport = {
  readonly amiVersion: string;
  readonly login: LoginMethod;
  readonly tls: boolean;
  /** clock of the PBX minus ours; null when it did not tell it */
  readonly clockOffsetMs: number | null;
  /** classes (`call`, `cdr` …) of the events that came: the account may read these, and perhaps others */
  readonly classes: readonly string[];
  /** whether events carry a `Timestamp` (`timestampevents`); null when none came */
  readonly timestamps: boolean | null;
  /** what the account may call */
  readonly commands: readonly Command[];
  /** what the PBX says of its calls when it is asked; null: it does not say */
  readonly calls: CallsSeen | null;
};

export type CallsSeen = {
  /** calls were up while it was watched */
  readonly wereUp: boolean;
  /** some began or ended meanwhile: whoever may read calls was told of it */
  readonly haveChanged: boolean;
};

const LISTEN_MS = 5_000;
/** How often is asked what is up. */
const LOOK_EVERY_MS = 1_000;
/** The event of what a list showed already is on its way for so long at most. */
const GRACE_MS = 1_000;

/**
 * Connects, logs in, listens for a while and leaves again. AMI tells nobody which classes an account may read: only the
 * events that come show it, and calls that begin or end without one. Errors: those of `openSession`, also when the
 * connection is lost meanwhile.
 */
export async function probe(options: ProbeOptions, signal: AbortSignal): Promise<ProbeReport> {
  const timings = { ...DEFAULT_TIMINGS, ...options.timings };
  const { amiVersion, login, clockOffsetMs, conversation, close } = await openSession({ ...options, timings }, signal);
  const events = readEvents(conversation);
  try {
    const commands = await commandsOf(conversation, timings.answerMs);
    const asking = { commands, answerMs: timings.answerMs };
    const calls = await watchCalls(conversation, asking, options.listenMs ?? LISTEN_MS, signal);
    close();
    const tls = options.tls !== undefined;
    return { amiVersion, login, tls, clockOffsetMs, commands, calls, ...(await events) };
  } finally {
    close();
  }
}

async function watchCalls(
  conversation: Conversation,
  asking: Parameters<typeof openCalls>[1],
  listenMs: number,
  signal: AbortSignal,
): Promise<CallsSeen | null> {
  const until = performance.now() + listenMs;
  let last: ReadonlySet<string> | null = null;
  let [wereUp, haveChanged] = [false, false];
  for (;;) {
    const now = await openCalls(conversation, asking);
    if (now !== null) {
      wereUp ||= now.size > 0;
      haveChanged ||= last !== null && isOther(now, last);
      last = now;
    }
    const left = until - GRACE_MS - performance.now();
    if (left <= 0 || signal.aborted) break;
    await pause(Math.min(LOOK_EVERY_MS, left), signal);
  }
  await pause(Math.max(0, until - performance.now()), signal);
  return last === null ? null : { wereUp, haveChanged };
}

function isOther(one: ReadonlySet<string>, other: ReadonlySet<string>): boolean {
  return one.size !== other.size || [...one].some((id) => !other.has(id));
}

/** What the events show that come until the conversation is over. */
async function readEvents(conversation: Conversation): Promise<Pick<ProbeReport, 'classes' | 'timestamps'>> {
  const classes = new Set<string>();
  let timestamps: boolean | null = null;
  for (let said = await conversation.next(); said !== null; said = await conversation.next()) {
    if (said.kind !== 'frames') continue;
    for (const { fields } of said.frames) {
      timestamps = fieldOf(fields, 'Timestamp') !== null;
      for (const name of (fieldOf(fields, 'Privilege') ?? '').split(',')) if (name !== '') classes.add(name);
    }
  }
  return { classes: [...classes].filter((name) => name !== 'all'), timestamps };
}
