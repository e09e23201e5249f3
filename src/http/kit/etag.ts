import type { IncomingMessage } from 'node:http';
import type { Precondition, Version } from '../../acts/precondition.ts';

/** The version of a thing that people change, as an entity tag. */
export function etagOf({ id, revision }: Version): string {
  return `"${id}:${revision}"`;
}

/** The versions that If-Match names; a tag that is none of ours names none. */
export function preconditionOf({ headers }: IncomingMessage): Precondition {
  const ifMatch = headers['if-match'];
  if (ifMatch === undefined) return undefined;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  return tags.includes('*') ? 'existing' : tags.flatMap(versionOf);
}

function versionOf(tag: string): Version[] {
  const [, id, revision] = /^"([^"]+):(-1|0|[1-9]\d{0,18})"$/.exec(tag) ?? [];
  return id === undefined || revision === undefined ? [] : [{ id, revision: BigInt(revision) }];
}
