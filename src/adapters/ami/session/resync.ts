import { type ErrorCode, hasCode } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import { type Field, fieldOf, type PbxAccount } from '../../../ports/pbxSource.ts';
import { pause } from '../../../retry.ts';
import { type Asked, askedOf, type Command, commandsOf } from './account.ts';
import type { Conversation } from './conversation.ts';
import type { Timings } from './timings.ts';

/** More than one PBX has at a time; those past it are not asked for. */
export const MAX_BRIDGES = 1_000;
/** How often it is asked anew when the answers could not be read in time, because the journal had no room. */
const MAX_TRIES = 3;

type Times = { readonly clock: Clock; readonly timings: Timings };
type Listed = Pick<PbxAccount, 'lists' | 'problem'>;

/**
 * Asks the PBX what is going on, as far as the account may, and tells it in the conversation: when it was started, and the
 * channels that are open. What cannot be had is no error of the connection. Null: the PBX does not tell what it may be asked.
 * It waits while the socket is not read, until `signal` aborts. Errors: `AMI_CONNECTION_LOST`.
 */
export async function resync(
  conversation: Conversation,
  times: Times,
  signal: AbortSignal,
): Promise<PbxAccount | null> {
  for (let tries = 1; ; tries += 1) {
    const pausesBefore = conversation.pauses();
    const account = await ask(conversation, times);
    const couldBeRead = !conversation.isPaused() && conversation.pauses() === pausesBefore;
    if (account?.problem !== 'AMI_TIMEOUT' || couldBeRead || tries === MAX_TRIES) return account;
    while (conversation.isPaused() && !signal.aborted) await pause(times.timings.pingIntervalMs, signal);
  }
}

async function ask(conversation: Conversation, times: Times): Promise<PbxAccount | null> {
  let named: readonly Command[] = [];
  let problem = await problemOf(async () => {
    named = await commandsOf(conversation, times.timings.answerMs);
  });
  if (problem === null && named.length === 0) return null;
  const commands = askedOf(named);
  if (problem === null && commands.includes('CoreStatus')) {
    problem = await problemOf(() => tellStart(conversation, times));
  }
  if (problem !== null) return { commands, lists: 'nothing', problem };
  return { commands, ...(await list(conversation, commands, times)) };
}

/** Null: it went well; else why it could not be had. */
async function problemOf(work: () => Promise<void>): Promise<ErrorCode | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (hasCode(error, 'AMI_TIMEOUT', 'AMI_ACTION_FAILED')) return error.code;
    throw error;
  }
}

async function tellStart(conversation: Conversation, { clock, timings }: Times): Promise<void> {
  const { fields } = await conversation.request('CoreStatus', [], timings.answerMs);
  const [date, time] = [fieldOf(fields, 'CoreStartupDate'), fieldOf(fields, 'CoreStartupTime')];
  if (date !== null && time !== null) {
    conversation.tell({ kind: 'started', at: clock.now(), startedAt: `${date} ${time}` });
  }
}

/** The ways to be shown what is open, the one that shows most first: where one fails the next is tried. */
async function list(conversation: Conversation, commands: readonly Asked[], times: Times): Promise<Listed> {
  let failed: ErrorCode | null = null;
  for (const action of ['Status', 'CoreShowChannels'] as const) {
    if (!commands.includes(action)) continue;
    let isAll = false;
    const problem = await problemOf(async () => {
      isAll = await listAll(conversation, action, times);
    });
    if (isAll) return { lists: 'all', problem: null };
    failed ??= problem;
  }
  if (!commands.includes('BridgeList') || !commands.includes('BridgeInfo'))
    return { lists: 'nothing', problem: failed };
  const problem = await problemOf(() => listBridges(conversation, times));
  return { lists: problem === null ? 'bridges' : 'nothing', problem: failed ?? problem };
}

/** Shows all open channels; false: the PBX refuses to, or did not name them to the end. */
async function listAll(
  conversation: Conversation,
  action: 'Status' | 'CoreShowChannels',
  { clock, timings }: Times,
): Promise<boolean> {
  let channels = 0;
  const { isComplete } = await conversation.request(action, [], timings.listMs, (item) => {
    if (fieldOf(item, 'Uniqueid') === null) return;
    channels += 1;
    conversation.show(item);
  });
  if (isComplete) conversation.tell({ kind: 'listed', at: clock.now(), channels });
  return isComplete;
}

/** Shows the channels that talk: all that an account without any write permission may ask for. */
async function listBridges(conversation: Conversation, { timings }: Times): Promise<void> {
  const endsAt = performance.now() + timings.listMs;
  const rest = () => Math.max(1, endsAt - performance.now());
  const { items } = await conversation.request('BridgeList', [], rest());
  const inUse = items.filter((bridge) => fieldOf(bridge, 'BridgeNumChannels') !== '0').slice(0, MAX_BRIDGES);
  for (const bridge of inUse) {
    const place = bridge.filter(([key]) => /^bridge(?:uniqueid|type|technology)$/i.test(key));
    const id = fieldOf(bridge, 'BridgeUniqueid');
    if (id === null) continue;
    await conversation.request('BridgeInfo', [['BridgeUniqueid', id]], rest(), (channel) => {
      if (fieldOf(channel, 'Uniqueid') !== null) conversation.show(inBridge(channel, place));
    });
  }
}

/** The PBX does not repeat the bridge beside each channel; it does in the event of a channel that enters one. */
function inBridge(channel: readonly Field[], place: readonly Field[]): readonly Field[] {
  return [...channel, ...place];
}
