/** Where a client stands in the feed: a read-model version and the number of its last change. */
export type FeedPosition = { readonly version: number; readonly seq: bigint };

/** `<version>:<seq>` */
export function lastEventIdOf({ version, seq }: FeedPosition): string {
  return `${version}:${seq}`;
}

/** What a client says in Last-Event-ID; null if that is none of our ids. */
export function parseLastEventId(id: string): FeedPosition | null {
  const match = /^(\d{1,9}):(\d{1,18})$/.exec(id);
  return match?.[1] && match[2] ? { version: Number(match[1]), seq: BigInt(match[2]) } : null;
}
