import { abortingWith } from '../../../aborting.ts';
import type { Origination } from '../../../domain/dialling/origination.ts';
import type { RefusalReason } from '../../../domain/dialling/outcome.ts';
import { CommslogError, hasCode } from '../../../errors.ts';
import type { Originate, Originated } from '../../../ports/dialling.ts';
import { type Field, fieldOf } from '../../../ports/pbxSource.ts';
import type { ActionAnswer } from './actions.ts';
import { type Conversation, ORIGINATED } from './conversation.ts';
import { openSession, type SessionOptions } from './session.ts';
import { DEFAULT_TIMINGS, type Timings } from './timings.ts';

/** The phone system says what became of the call when the own phone has rung so long, and a little later at the latest. */
const GRACE_MS = 10_000;
/** Of calls that others have begun at the same time. */
const MAX_SAID = 100;

export type OriginateOptions = Omit<SessionOptions, 'timings'> & { readonly timings?: Partial<Timings> };

/** What Asterisk gives as `Reason`: its control frames. https://docs.asterisk.org (OriginateResponse) */
const REASONS: Readonly<Record<string, RefusalReason>> = {
  1: 'no_answer',
  3: 'no_answer',
  5: 'busy',
  8: 'unreachable',
};

/** Begins calls by a short connection of its own, each by one. */
export function originateBy(own: OriginateOptions): Originate {
  const options = { ...own, timings: { ...DEFAULT_TIMINGS, ...own.timings } };
  return async (origination, { sendWithinMs, signal, onAccepted }) => {
    const endsAt = performance.now() + sendWithinMs;
    const living = abortingWith(signal);
    const tooLate = setTimeout(() => living.abort(), sendWithinMs);
    try {
      const session = await openSession(options, living.signal).catch(asError);
      clearTimeout(tooLate);
      if (session instanceof CommslogError) {
        return refused(hasCode(session, 'AMI_LOGIN_REFUSED') ? 'login_refused' : 'pbx_away');
      }
      // who was asleep meanwhile does not act any more: somebody may have dialled by hand
      if (living.signal.aborted || performance.now() >= endsAt) return refused('pbx_away');
      return await begin(session.conversation, origination, options.timings.answerMs, onAccepted);
    } finally {
      clearTimeout(tooLate);
      living.abort();
    }
  };
}

async function begin(
  conversation: Conversation,
  origination: Origination,
  answerMs: number,
  onAccepted: () => void,
): Promise<Originated> {
  const said = new Said(conversation);
  const answer = await conversation.request('Originate', fieldsOf(origination), answerMs).catch(asError);
  if (answer instanceof CommslogError) {
    if (hasCode(answer, 'AMI_INVALID_ACTION')) throw answer;
    return { kind: 'unknown' };
  }
  if (answer.response !== 'Success') return refused(reasonOf(answer));
  onAccepted();
  const event = await said.of(fieldOf(answer.fields, 'ActionID') ?? '', origination.timeoutSeconds * 1_000 + GRACE_MS);
  if (event === null) return { kind: 'unknown' };
  if (fieldOf(event, 'Response') === 'Success') return { kind: 'begun' };
  return refused(REASONS[fieldOf(event, 'Reason') ?? ''] ?? 'unreachable');
}

/** The action: not one field of it is what somebody typed. */
function fieldsOf({ channel, context, dialled, callerId, timeoutSeconds, ...ids }: Origination): readonly Field[] {
  return [
    ['Channel', channel],
    ['Context', context],
    ['Exten', dialled],
    ['Priority', '1'],
    ['Timeout', String(timeoutSeconds * 1_000)],
    ...(callerId === null ? [] : [['CallerID', `<${callerId}>`] as const]),
    ['ChannelId', ids.channelId],
    ['OtherChannelId', ids.otherChannelId],
    ['Async', 'true'],
  ];
}

function reasonOf({ message }: ActionAnswer): RefusalReason {
  return /permission denied/i.test(message) ? 'not_permitted' : 'pbx_refused';
}

function refused(reason: RefusalReason): Originated {
  return { kind: 'refused', reason };
}

/** What the phone system says of calls that were begun, from now on: an early word is kept until it is asked for. */
class Said {
  readonly #events: (readonly Field[])[] = [];
  #isOver = false;
  #wake: () => void = () => {};

  constructor(conversation: Conversation) {
    void this.#hear(conversation);
  }

  /** Null: nothing within `ms`, or the conversation is over. */
  async of(actionId: string, ms: number): Promise<readonly Field[] | null> {
    const endsAt = performance.now() + ms;
    for (;;) {
      const found = this.#events.find((fields) => fieldOf(fields, 'ActionID') === actionId);
      const left = endsAt - performance.now();
      if (found !== undefined || this.#isOver || left <= 0) return found ?? null;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, left);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
  }

  async #hear(conversation: Conversation): Promise<void> {
    for (let said = await conversation.next(); said !== null; said = await conversation.next()) {
      if (said.kind !== 'frames') continue;
      for (const { event, fields } of said.frames) if (event === ORIGINATED) this.#events.push(fields);
      if (this.#events.length > MAX_SAID) this.#events.splice(0, this.#events.length - MAX_SAID);
      this.#wake();
    }
    this.#isOver = true;
    this.#wake();
  }
}

function asError(error: unknown): CommslogError {
  if (error instanceof CommslogError) return error;
  throw error;
}
