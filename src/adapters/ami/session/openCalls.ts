import { type Field, fieldOf } from '../../../ports/pbxSource.ts';
import type { Conversation } from './conversation.ts';

/** An action that an account may call, and the write classes of which it needs one; none: everybody may. */
export type Command = { readonly action: string; readonly classes: readonly string[] };

const PRIVILEGES = /\(Priv: ([^)]*)\)\s*$/;

/** What `ListCommands` names: exactly what the account may call. Empty when the PBX does not tell. */
export async function commandsOf(conversation: Conversation, answerMs: number): Promise<readonly Command[]> {
  const { response, fields } = await conversation.request('ListCommands', [], answerMs);
  if (response !== 'Success') return [];
  return fields.flatMap(([action, text]) => {
    const [, classes] = PRIVILEGES.exec(text) ?? [];
    if (classes === undefined) return [];
    return [{ action, classes: classes.split(',').filter((name) => name !== 'all' && name !== '<none>') }];
  });
}

/** The write classes that are proved: of an action that needs just this one. */
export function writeClassesOf(commands: readonly Command[]): readonly string[] {
  const sole = commands.flatMap(({ classes }) => (classes.length === 1 ? classes : []));
  return [...new Set(sole)].sort();
}

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
