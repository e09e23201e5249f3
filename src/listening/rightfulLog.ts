import { CommslogError } from '../errors.ts';
import type { EventStore } from '../ports/eventStore.ts';
import type { WriteRight } from '../ports/writeRight.ts';

/**
 * The log for one who writes only while the right to it is held: else `append` fails with `SERVE_LOCK_LOST`. What was
 * already under way when the right was lost may still come through.
 */
export function rightfulLog(log: EventStore, right: WriteRight): Pick<EventStore, 'append' | 'readStream'> {
  return {
    append(stream, events, expected) {
      if (right.state() === 'held') return log.append(stream, events, expected);
      return Promise.reject(new CommslogError('SERVE_LOCK_LOST', 'the lock of this `serve` is not held'));
    },
    readStream: (stream, options) => log.readStream(stream, options),
  };
}
