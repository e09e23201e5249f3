// Between the generated messages of the client and the fake's own values.

import shared from '@eventstore/db-client/generated/shared_pb.js';
import streams, { type AppendReq, type ReadReq } from '@eventstore/db-client/generated/streams_pb.js';
import type { ServiceError } from '@grpc/grpc-js';
import { Metadata, status } from '@grpc/grpc-js';
import { type Expected, MAX_APPEND_SIZE, type Outcome, type ProposedEvent, type StoredEvent } from './memoryLog.ts';

const TICKS_PER_MS = 10_000;

export function streamNameOf(identifier: shared.StreamIdentifier | undefined): string {
  return Buffer.from(identifier?.getStreamName_asU8() ?? []).toString('utf8');
}

export function expectedOf(options: AppendReq.Options | undefined): Expected | 'other' {
  if (options?.hasNoStream()) return 'no_stream';
  return options?.hasRevision() ? BigInt(options.getRevision()) : 'other';
}

export function proposedOf(message: AppendReq.ProposedMessage): ProposedEvent {
  return {
    id: message.getId()?.getString() ?? '',
    type: message.getMetadataMap().get('type') ?? '',
    contentType: message.getMetadataMap().get('content-type') ?? '',
    data: message.getData_asU8(),
    metadata: message.getCustomMetadata_asU8(),
  };
}

export function eventMessage(event: StoredEvent): streams.ReadResp {
  const id = new shared.UUID();
  id.setString(event.id);
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(event.stream));
  const recorded = new streams.ReadResp.ReadEvent.RecordedEvent();
  recorded.setId(id);
  recorded.setStreamIdentifier(identifier);
  recorded.setStreamRevision(String(event.revision));
  recorded.setCommitPosition(String(event.position));
  recorded.setPreparePosition(String(event.position));
  recorded.setData(event.data);
  recorded.setCustomMetadata(event.metadata);
  recorded.getMetadataMap().set('type', event.type);
  recorded.getMetadataMap().set('content-type', event.contentType);
  recorded.getMetadataMap().set('created', String(Date.now() * TICKS_PER_MS));
  const read = new streams.ReadResp.ReadEvent();
  read.setEvent(recorded);
  read.setCommitPosition(String(event.position));
  const response = new streams.ReadResp();
  response.setEvent(read);
  return response;
}

export function confirmationMessage(): streams.ReadResp {
  const confirmation = new streams.ReadResp.SubscriptionConfirmation();
  confirmation.setSubscriptionId(crypto.randomUUID());
  const response = new streams.ReadResp();
  response.setConfirmation(confirmation);
  return response;
}

export function checkpointMessage(position: bigint): streams.ReadResp {
  const checkpoint = new streams.ReadResp.Checkpoint();
  checkpoint.setCommitPosition(String(position));
  checkpoint.setPreparePosition(String(position));
  const response = new streams.ReadResp();
  response.setCheckpoint(checkpoint);
  return response;
}

export function caughtUpMessage(): streams.ReadResp {
  const response = new streams.ReadResp();
  response.setCaughtUp(new streams.ReadResp.CaughtUp());
  return response;
}

export function streamNotFoundMessage(name: string): streams.ReadResp {
  const identifier = new shared.StreamIdentifier();
  identifier.setStreamName(Buffer.from(name));
  const notFound = new streams.ReadResp.StreamNotFound();
  notFound.setStreamIdentifier(identifier);
  const response = new streams.ReadResp();
  response.setStreamNotFound(notFound);
  return response;
}

/** What a filter of a subscription lets through. */
export function filterOf(options: ReadReq.Options | undefined): (event: StoredEvent) => boolean {
  const expression = options?.getFilter()?.getStreamIdentifier();
  if (!expression) return () => true;
  const prefixes = expression.getPrefixList();
  if (prefixes.length > 0) return ({ stream }) => prefixes.some((prefix) => stream.startsWith(prefix));
  const regex = new RegExp(expression.getRegex());
  return ({ stream }) => regex.test(stream);
}

export function appendAnswer(outcome: Outcome & { kind: 'stored' | 'wrong' }): streams.AppendResp {
  const response = new streams.AppendResp();
  if (outcome.kind === 'stored') {
    const position = new streams.AppendResp.Position();
    position.setCommitPosition(String(outcome.position));
    position.setPreparePosition(String(outcome.position));
    const success = new streams.AppendResp.Success();
    success.setCurrentRevision(String(outcome.revision));
    success.setPosition(position);
    response.setSuccess(success);
  } else {
    const wrong = new streams.AppendResp.WrongExpectedVersion();
    if (outcome.current === 'no_stream') wrong.setCurrentNoStream(new shared.Empty());
    else wrong.setCurrentRevision(String(outcome.current));
    response.setWrongExpectedVersion(wrong);
  }
  return response;
}

/** An error as the server sends it: the client tells them apart by `exception`. */
export function serverError(
  code: status,
  details: string,
  exception?: string,
  more: Record<string, string> = {},
): ServiceError {
  const metadata = new Metadata();
  if (exception) metadata.set('exception', exception);
  for (const [key, value] of Object.entries(more)) metadata.set(key, value);
  return Object.assign(new Error(details), { code, details, metadata });
}

export const streamDeleted = (name: string) =>
  serverError(status.FAILED_PRECONDITION, `Event stream '${name}' is deleted.`, 'stream-deleted', {
    'stream-name': name,
  });
export const wrongRevision = (name: string) =>
  serverError(status.FAILED_PRECONDITION, 'Append failed due to WrongExpectedVersion.', 'wrong-expected-version', {
    'stream-name': name,
    'expected-version': '-1',
    'actual-version': '0',
  });
export const accessDenied = () => serverError(status.PERMISSION_DENIED, 'Access Denied', 'access-denied');
export const tooLarge = () =>
  serverError(status.INVALID_ARGUMENT, 'Maximum Append Size Exceeded.', 'maximum-append-size-exceeded', {
    'maximum-append-size': String(MAX_APPEND_SIZE),
  });
export const consumerTooSlow = () =>
  serverError(status.ABORTED, 'Consumer too slow to handle event while live. Client resubscription required.');
export const notReady = () => serverError(status.UNAVAILABLE, 'Server Is Not Ready');
export const notLeader = (leaderPort: number) =>
  serverError(status.NOT_FOUND, 'Leader info available', 'not-leader', {
    'leader-endpoint-host': '127.0.0.1',
    'leader-endpoint-port': String(leaderPort),
  });
export const invalid = () => serverError(status.INVALID_ARGUMENT, 'Not a value that is taken here.');
export const unlisted = () => serverError(status.UNKNOWN, 'Exception was thrown by handler.');
export const reset = () => serverError(status.INTERNAL, 'Received RST_STREAM with code 0');
