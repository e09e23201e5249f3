import { GossipService } from '@eventstore/db-client/generated/gossip_grpc_pb.js';
import type { ClusterInfo } from '@eventstore/db-client/generated/gossip_pb.js';
import { ServerFeaturesService } from '@eventstore/db-client/generated/serverfeatures_grpc_pb.js';
import features from '@eventstore/db-client/generated/serverfeatures_pb.js';
import { StreamsService } from '@eventstore/db-client/generated/streams_grpc_pb.js';
import streams from '@eventstore/db-client/generated/streams_pb.js';
import {
  type Metadata,
  Server,
  ServerCredentials,
  type ServerDuplexStream,
  type ServerReadableStream,
  type ServerUnaryCall,
  type ServerWritableStream,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { clusterInfo, type Member } from './gossip.ts';
import { type Expected, MemoryLog, type ProposedEvent, type StoredEvent } from './memoryLog.ts';
import {
  accessDenied,
  appendAnswer,
  caughtUpMessage,
  checkpointMessage,
  confirmationMessage,
  eventMessage,
  expectedOf,
  filterOf,
  notLeader,
  notReady,
  proposedOf,
  serverError,
  streamDeleted,
  streamNameOf,
  streamNotFoundMessage,
  tooLarge,
} from './messages.ts';

export type SeenAppend = { readonly stream: string; readonly ids: readonly string[]; readonly expected: Expected };
/**
 * What happens to a call: it is answered, fails, or is left without an answer (before or after it was carried out, or after
 * only the first events of an append were stored, as of a call that is cut off in the middle).
 */
export type Fate =
  | 'answer'
  | 'ignore'
  | 'do and ignore'
  | { readonly fail: ServiceError; readonly done?: boolean }
  | { readonly storeFirst: number };
type Subscription = ServerWritableStream<streams.ReadReq, streams.ReadResp>;

const SEARCH_WINDOW = 32;

/** EventStoreDB as far as the program uses it: real gRPC on loopback, a log in memory, and it misbehaves when it is told to. */
export class FakeEventStoreDb {
  log = new MemoryLog();
  readonly appends: SeenAppend[] = [];
  /** where each subscription began; undefined: at the start */
  readonly subscribedFrom: (bigint | undefined)[] = [];
  readonly subscriptions = new Set<Subscription>();
  batchAppends = 0;
  featureCalls = 0;
  appendsInFlight = 0;
  mostAppendsInFlight = 0;
  /** decides about the nth append of all, from 1 */
  appendFate: (nth: number) => Fate | Promise<Fate> = () => 'answer';
  readFate: (nth: number) => Fate = () => 'answer';
  subscriptionFate: (nth: number) => Fate = () => 'answer';
  /** what it tells of its cluster; null: nothing, it is silent */
  members: readonly Member[] | null = [];
  /** nothing more comes through the subscriptions that are open then, which go on all the same */
  mutesSubscriptions = false;
  denied = false;
  /** the only user that is let in; null: everybody */
  user: { readonly username: string; readonly password: string } | null = null;
  #reads = 0;
  #port = 0;
  #server: Server | undefined;
  readonly #credentials: ServerCredentials;

  constructor(credentials = ServerCredentials.createInsecure()) {
    this.#credentials = credentials;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `esdb://127.0.0.1:${this.#port}?tls=false`;
  }

  async start(): Promise<void> {
    const server = new Server();
    server.addService(StreamsService, {
      read: (call: Subscription) => this.#read(call),
      append: (
        call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
        answer: sendUnaryData<streams.AppendResp>,
      ) => void this.#append(call, answer),
      delete: (
        call: ServerUnaryCall<streams.DeleteReq, streams.DeleteResp>,
        answer: sendUnaryData<streams.DeleteResp>,
      ) => {
        this.log.softDelete(streamNameOf(call.request.getOptions()?.getStreamIdentifier()));
        answer(null, new streams.DeleteResp());
      },
      tombstone: (
        call: ServerUnaryCall<streams.TombstoneReq, streams.TombstoneResp>,
        answer: sendUnaryData<streams.TombstoneResp>,
      ) => {
        const name = streamNameOf(call.request.getOptions()?.getStreamIdentifier());
        if (this.log.tombstone(name)) answer(null, new streams.TombstoneResp());
        else answer(streamDeleted(name));
      },
      batchAppend: (call: ServerDuplexStream<streams.BatchAppendReq, streams.BatchAppendResp>) => {
        this.batchAppends += 1;
        // an answer to nobody's question, which ends a process that uses this call
        call.write(new streams.BatchAppendResp());
      },
    });
    server.addService(ServerFeaturesService, {
      getSupportedMethods: (_: unknown, answer: sendUnaryData<features.SupportedMethods>) => {
        this.featureCalls += 1;
        answer(null, featuresWithBatchAppend());
      },
    });
    server.addService(GossipService, {
      read: (_: unknown, answer: sendUnaryData<ClusterInfo>) => {
        if (this.members !== null) answer(null, clusterInfo(this.members));
      },
    });
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.#port}`, this.#credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#server = server;
  }

  /** Ends every connection at once; the log stays. */
  stop(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
  }

  /** As after a restore from an older backup, or when another server got the address. */
  replaceLog(log: MemoryLog): void {
    this.log = log;
  }

  dropSubscriptions(error?: ServiceError): void {
    for (const call of this.subscriptions) {
      if (error) call.emit('error', error);
      else call.end();
    }
  }

  #admits(metadata: Metadata): boolean {
    if (this.denied) return false;
    if (this.user === null) return true;
    const login = Buffer.from(`${this.user.username}:${this.user.password}`).toString('base64');
    return metadata.get('authorization')[0] === `Basic ${login}`;
  }

  /** What a node of a cluster says that is not the leader, or knows of none, when only the leader may answer. */
  #leaderElsewhere(metadata: Metadata): ServiceError | null {
    const members = this.members ?? [];
    if (members.length === 0 || metadata.get('requires-leader')[0] !== 'true') return null;
    const leader = members.find(({ state }) => state === 'leader');
    if (leader === undefined) return notReady();
    return leader.port === this.#port ? null : notLeader(leader.port);
  }

  async #append(
    call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
    answer: sendUnaryData<streams.AppendResp>,
  ): Promise<void> {
    this.appendsInFlight += 1;
    this.mostAppendsInFlight = Math.max(this.mostAppendsInFlight, this.appendsInFlight);
    try {
      const { stream, proposed, expected } = await readAppend(call);
      // cut off in the middle: nothing of it is stored
      if (call.cancelled) return;
      if (!this.#admits(call.metadata)) return answer(accessDenied());
      const elsewhere = this.#leaderElsewhere(call.metadata);
      if (elsewhere) return answer(elsewhere);
      if (expected === 'other') return answer(serverError(status.UNIMPLEMENTED, 'only exact revisions'));
      this.appends.push({ stream, ids: proposed.map(({ id }) => id), expected });
      const fate = await this.appendFate(this.appends.length);
      if (fate === 'ignore') return;
      const fails = typeof fate === 'object' && 'fail' in fate ? fate : null;
      if (fails && !fails.done) return answer(fails.fail);
      const isCut = typeof fate === 'object' && 'storeFirst' in fate;
      const outcome = this.log.append(stream, isCut ? proposed.slice(0, fate.storeFirst) : proposed, expected);
      if (isCut || fate === 'do and ignore') return;
      if (fails) return answer(fails.fail);
      if (outcome.kind === 'deleted') return answer(streamDeleted(stream));
      if (outcome.kind === 'too large') return answer(tooLarge());
      answer(null, appendAnswer(outcome));
    } catch {
      // the caller has gone
    } finally {
      this.appendsInFlight -= 1;
    }
  }

  #read(call: Subscription): void {
    call.on('error', () => {});
    const elsewhere = this.#leaderElsewhere(call.metadata);
    if (!this.#admits(call.metadata)) call.emit('error', accessDenied());
    else if (elsewhere) call.emit('error', elsewhere);
    else if (call.request.getOptions()?.hasSubscription()) this.#subscribe(call);
    else this.#readOnce(call);
  }

  #readOnce(call: Subscription): void {
    const options = call.request.getOptions();
    this.#reads += 1;
    if (!allows(this.readFate(this.#reads), call)) return;
    const name = streamNameOf(options?.getStream()?.getStreamIdentifier());
    const found = options?.hasStream() ? this.log.stream(name) : this.log.all;
    if (found === 'deleted') {
      call.emit('error', streamDeleted(name));
      return;
    }
    if (found === 'missing') call.write(streamNotFoundMessage(name));
    else for (const event of pageOf(found, options)) call.write(eventMessage(event));
    call.end();
  }

  #subscribe(call: Subscription): void {
    const options = call.request.getOptions();
    const position = options?.getAll()?.getPosition()?.getCommitPosition();
    this.subscribedFrom.push(position === undefined ? undefined : BigInt(position));
    if (!allows(this.subscriptionFate(this.subscribedFrom.length), call)) return;
    call.write(confirmationMessage());
    const passes = filterOf(options);
    const interval = SEARCH_WINDOW * (options?.getFilter()?.getCheckpointintervalmultiplier() ?? 1);
    let next = position === undefined ? 0 : this.log.all.findIndex((event) => event.position > BigInt(position));
    if (next < 0) next = this.log.all.length;
    let isMuted = false;
    const send = () => {
      if (isMuted) return;
      for (; next < this.log.all.length; next += 1) {
        const event: StoredEvent | undefined = this.log.all[next];
        if (event && passes(event)) call.write(eventMessage(event));
        // a real one is ahead of what its reader has taken, too
        if (event && next % interval === 0) call.write(checkpointMessage(event.position));
      }
    };
    send();
    call.write(caughtUpMessage());
    const stop = this.log.onChange(() => {
      isMuted ||= this.mutesSubscriptions;
      send();
    });
    this.subscriptions.add(call);
    const leave = () => {
      stop();
      this.subscriptions.delete(call);
    };
    call.on('cancelled', leave).on('close', leave).on('finish', leave).on('error', leave);
  }
}

/** Whether a read is answered; if not, it has got its fate. */
function allows(fate: Fate, call: Subscription): boolean {
  if (typeof fate === 'object' && 'fail' in fate) call.emit('error', fate.fail);
  return fate === 'answer';
}

function pageOf(events: readonly StoredEvent[], options: streams.ReadReq.Options | undefined): readonly StoredEvent[] {
  const backwards = options?.getReadDirection() === streams.ReadReq.Options.ReadDirection.BACKWARDS;
  const asked = options?.getStream();
  const from = asked?.hasRevision() ? BigInt(asked.getRevision()) : undefined;
  const wanted = events.filter(
    ({ revision }) => from === undefined || (backwards ? revision <= from : revision >= from),
  );
  return (backwards ? wanted.toReversed() : wanted).slice(0, Number(options?.getCount() ?? 0));
}

async function readAppend(
  call: ServerReadableStream<streams.AppendReq, streams.AppendResp>,
): Promise<{ stream: string; proposed: readonly ProposedEvent[]; expected: Expected | 'other' }> {
  let options: streams.AppendReq.Options | undefined;
  const proposed: ProposedEvent[] = [];
  for await (const message of call as AsyncIterable<streams.AppendReq>) {
    options ??= message.getOptions();
    const event = message.getProposedMessage();
    if (event) proposed.push(proposedOf(event));
  }
  return { stream: streamNameOf(options?.getStreamIdentifier()), proposed, expected: expectedOf(options) };
}

function featuresWithBatchAppend(): features.SupportedMethods {
  const batchAppend = new features.SupportedMethod();
  batchAppend.setServiceName('event_store.client.streams.Streams');
  batchAppend.setMethodName('BatchAppend');
  const supported = new features.SupportedMethods();
  supported.setEventStoreServerVersion('23.10.0');
  supported.setMethodsList([batchAppend]);
  return supported;
}
