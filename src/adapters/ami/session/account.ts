import type { Conversation } from './conversation.ts';

/** An action that an account may call, and the write classes of which it needs one; none: everybody may. */
export type Command = { readonly action: string; readonly classes: readonly string[] };

const PRIVILEGES = /\(Priv: ([^()]*)\)\s*$/;

/**
 * What `ListCommands` names: exactly what the account may call, as it was settled at this login. Empty when the PBX does not
 * tell. Errors: `AMI_TIMEOUT`, `AMI_CONNECTION_LOST`.
 */
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

/** The actions by which the listener asks what is going on. */
export const ASKED = ['CoreStatus', 'Status', 'CoreShowChannels', 'BridgeList', 'BridgeInfo'] as const;
export type Asked = (typeof ASKED)[number];

/** Those of `ASKED` that the account may call. */
export function askedOf(commands: readonly Command[]): readonly Asked[] {
  return ASKED.filter((asked) => commands.some(({ action }) => action === asked));
}
