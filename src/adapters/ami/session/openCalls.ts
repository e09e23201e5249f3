import { type Field, fieldOf } from '../../../ports/pbxSource.ts';
import type { Command } from './account.ts';
import type { Conversation } from './conversation.ts';

/**
 * What is up now, as a set that changes when a call begins or ends: every channel, or, where the account may not ask for
 * channels, every bridge that holds some, with how many. Bridges show a call only once somebody has answered it. Null: it
 * does not say.
 */
export async function openCalls(
  conversation: Conversation,
  { commands, answerMs }: { readonly commands: readonly Command[]; readonly answerMs: number },
): Promise<ReadonlySet<string> | null> {
  const mayList = commands.some(({ action }) => action === 'CoreShowChannels');
  const { response, items } = await conversation.request(mayList ? 'CoreShowChannels' : 'BridgeList', [], answerMs);
  return response !== 'Success' ? null : new Set(items.flatMap(mayList ? channelOf : bridgeOf));
}

function channelOf(fields: readonly Field[]): string[] {
  const id = fieldOf(fields, 'Uniqueid');
  return id === null ? [] : [id];
}

function bridgeOf(fields: readonly Field[]): string[] {
  const channels = Number(fieldOf(fields, 'BridgeNumChannels') ?? 0);
  return channels > 0 ? [`${fieldOf(fields, 'BridgeUniqueid')} ${channels}`] : [];
}
