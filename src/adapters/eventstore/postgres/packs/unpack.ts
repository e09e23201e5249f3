import type { RecordedEvent } from '../../../../domain/events.ts';
import { CommslogError } from '../../../../errors.ts';
import { fromBody, type Told } from './packBody.ts';

/** A row of `pack`: neighbouring events of a stream, whose positions lie in one block. */
export type Pack = {
  /** position of the block's last event */
  readonly block: bigint;
  readonly stream: string;
  readonly first_revision: bigint;
  /** of each event: how far its position stands before the block's last */
  readonly before_end: readonly number[];
  readonly ids: readonly string[];
  readonly body: Buffer;
};

/** Its events by their index, each made when it is asked for. Errors: `LOG_HOLE` when it does not hold them all. */
export function unpack({
  block,
  stream,
  first_revision,
  before_end,
  ids,
  body,
}: Pack): (index: number) => RecordedEvent {
  const told = toldIn(body);
  return (index) => {
    const [event, id, beforeEnd] = [told[index], ids[index], before_end[index]];
    if (event === undefined || id === undefined || beforeEnd === undefined || told.length !== ids.length)
      throw new CommslogError('LOG_HOLE', `what was packed of the stream ${stream} up to position ${block} is damaged`);
    return {
      position: block - BigInt(beforeEnd),
      stream,
      revision: first_revision + BigInt(index),
      id,
      type: event.type,
      data: JSON.parse(event.data),
      metadata: JSON.parse(event.metadata),
    };
  };
}

/** None of a body that cannot be read. */
function toldIn(body: Buffer): readonly Told[] {
  try {
    return fromBody(body);
  } catch {
    return [];
  }
}
