import { policyOf } from '../../../errorPolicy.ts';
import { CommslogError } from '../../../errors.ts';

/** Texts of failures before anything was sent, which no code tells; all other lost calls may have been carried out. */
const NOT_SENT =
  /No connection established|ECONNREFUSED|ENOTFOUND|Name resolution failed|Failed to discover|Not Ready/i;

/**
 * What a failure of the client means to a caller. They are told apart by the type that the server gives and by gRPC's code,
 * not by class: while a server is away the client throws plain errors too. `lost` is what a call is whose answer did not come;
 * of an append what no table has is given back as it is, and it may be stored or not.
 */
export function toLogError(error: unknown, lost: 'LOG_UNAVAILABLE' | 'LOG_OUTCOME_UNKNOWN'): unknown {
  if (error instanceof CommslogError || !(error instanceof Error)) return error;
  // mistakes of a program, ours or the client's
  if ([TypeError, RangeError, ReferenceError].some((mistake) => error instanceof mistake)) return error;
  const type = 'type' in error ? error.type : undefined;
  const as = (name: ConstructorParameters<typeof CommslogError>[0], message: string) =>
    new CommslogError(name, message, { cause: error });
  if (type === 'wrong-expected-version') return as('WRONG_EXPECTED_REVISION', 'the stream is at another revision');
  if (type === 'stream-deleted') return as('STREAM_DELETED', 'the stream has a tombstone and takes no more events');
  if (type === 'maximum-append-size-exceeded') return as('APPEND_TOO_LARGE', 'the server takes only smaller appends');
  if (type === 'access-denied' || policyOf(error) === 'person')
    return as('LOG_ACCESS_DENIED', 'EventStoreDB refuses the login or a right that the log needs');
  if (/invalid position/i.test(error.message))
    return as('LOG_IS_ANOTHER', 'no event of this log is at that position: it belongs to another one');
  if (type === 'not-leader' || NOT_SENT.test(error.message))
    return as('LOG_UNAVAILABLE', 'EventStoreDB cannot be reached');
  if (policyOf(error) === 'never') return as('INVALID_EVENT', 'EventStoreDB can never take this');
  if (lost === 'LOG_UNAVAILABLE') return as(lost, 'EventStoreDB did not answer');
  return policyOf(error) === null ? error : as(lost, 'EventStoreDB did not say whether it has stored the events');
}

/** Whether the stream that was read is missing or deleted. */
export function isMissingStream(error: unknown): boolean {
  if (!(error instanceof Error) || !('type' in error)) return false;
  return error.type === 'stream-not-found' || error.type === 'stream-deleted';
}

/** Whether the stream has a tombstone already. */
export function isDeletedStream(error: unknown): boolean {
  return error instanceof Error && 'type' in error && error.type === 'stream-deleted';
}
