import { CommslogError } from '../../../errors.ts';
import { pause } from '../../../retry.ts';
import { ASKED, askedOf, commandsOf } from './account.ts';
import { openSession, type SessionOptions } from './session.ts';

/**
 * Resolves with true when the account may ask for more than `known` by now, with false when `signal` aborts. Permissions are
 * fixed at the login, so it takes a new one to see it: a short one every `permissionsMs`, and none when nothing is missing.
 * Which events the account may read cannot be seen so.
 */
export async function widened(
  known: readonly string[],
  options: SessionOptions,
  signal: AbortSignal,
): Promise<boolean> {
  if (known.length === ASKED.length) return false;
  while (!signal.aborted) {
    await pause(options.timings.permissionsMs, signal);
    if (signal.aborted) break;
    const commands = await commandsOfNewLogin(options, signal);
    if (commands.some((command) => !known.includes(command))) return true;
  }
  return false;
}

async function commandsOfNewLogin(options: SessionOptions, signal: AbortSignal): Promise<readonly string[]> {
  try {
    const { conversation, close } = await openSession({ ...options, onBytes: undefined }, signal);
    try {
      return askedOf(await commandsOf(conversation, options.timings.answerMs));
    } finally {
      close();
    }
  } catch (error) {
    // the connection that hears goes on whatever becomes of this one
    if (error instanceof CommslogError) return [];
    throw error;
  }
}
