/** What of a PBX's words is the id of a channel, a bridge or a call. One rule, for where a fact is stored and for its fold. */

/** What AMI writes where it has nothing to say. */
const NOTHING: ReadonlySet<string> = new Set(['', '<unknown>', '<null>', '(null)']);

/** Asterisk's own bound (AST_MAX_UNIQUEID); only what an application makes up, as in a UserEvent, is longer. */
const MAX_ID_LENGTH = 150;
/** A systemname stands in front of ids and may hold anything that can be typed. */
const ID = new RegExp(`^[^\\p{Cc}\\p{Cs}]{1,${MAX_ID_LENGTH}}$`, 'u');

/** The streams of sessions are called so, beside those of calls. */
const LIKE_A_SESSION = /^session\d+$/;
const PLAIN = /^[A-Za-z0-9_.:-]+$/;

/** What the value of a field says, without the space around it; null where it says nothing. */
export function saidIn(text: string): string | null {
  const value = text.trim();
  return NOTHING.has(value) ? null : value;
}

/** The id in the value of a field; null when it names nothing. */
export function idIn(text: string): string | null {
  const value = saidIn(text);
  return value !== null && ID.test(value) ? value : null;
}

/** Whether a stream may be called after this id; facts of other ids stand in the stream of their session. */
export function canNameStream(id: string): boolean {
  return PLAIN.test(id) && !LIKE_A_SESSION.test(id);
}
