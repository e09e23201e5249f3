import { createHash } from 'node:crypto';
import { CommslogError } from '../../../errors.ts';
import type { Field } from '../../../ports/pbxSource.ts';
import type { Conversation } from './conversation.ts';

export type Credentials = {
  readonly username: string;
  readonly secret: string;
  /** `md5` (default): the secret is not sent, but to a PBX that does not know the challenge; `plain`: it is */
  readonly login?: LoginMethod | undefined;
};
export type LoginMethod = 'md5' | 'plain';

/**
 * Logs in; returns how. Call it only after the banner said that this is a PBX: nobody else gets the secret.
 * Errors: `AMI_LOGIN_REFUSED`; `AMI_TIMEOUT`, `AMI_CONNECTION_LOST` while waiting for the answer.
 */
export async function logIn(
  conversation: Conversation,
  { username, secret, login }: Credentials,
  answerMs: number,
): Promise<LoginMethod> {
  const key = login === 'plain' ? null : await challengeKey(conversation, secret, answerMs);
  const proof: Field[] =
    key === null
      ? [['Secret', secret]]
      : [
          ['AuthType', 'MD5'],
          ['Key', key],
        ];
  const answer = await conversation.request('Login', [['Username', username], ...proof], answerMs);
  if (answer.response !== 'Success') throw refused();
  return key === null ? 'plain' : 'md5';
}

/** The answer to the PBX's challenge; null when it does not know such a thing. */
async function challengeKey(conversation: Conversation, secret: string, answerMs: number): Promise<string | null> {
  const answer = await conversation.request('Challenge', [['AuthType', 'MD5']], answerMs);
  const challenge = answer.fields.find(([key]) => key === 'Challenge')?.[1];
  if (answer.response === 'Success' && challenge !== undefined) {
    return createHash('md5').update(`${challenge}${secret}`).digest('hex');
  }
  if (/unknown command/i.test(answer.message)) return null;
  throw refused();
}

// The PBX's own words are the same for a wrong secret, an unknown user and an address that is not permitted.
const refused = () => new CommslogError('AMI_LOGIN_REFUSED', 'the PBX refused the login');
