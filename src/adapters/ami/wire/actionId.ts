import { type Field, fieldOf } from '../../../ports/pbxSource.ts';

/** What the ActionIDs of this program begin with, so that a recording shows what was an answer to it. */
export const ACTION_ID_PREFIX = 'commslog-';

/** Whether it is an answer, or an item of a list, that a listener of this program asked for. */
export function isAsked(fields: readonly Field[]): boolean {
  return fieldOf(fields, 'ActionID')?.startsWith(ACTION_ID_PREFIX) ?? false;
}
