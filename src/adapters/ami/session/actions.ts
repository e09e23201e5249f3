import { randomBytes } from 'node:crypto';
import { CommslogError } from '../../../errors.ts';
import { type Field, fieldOf } from '../../../ports/pbxSource.ts';

export type ActionAnswer = {
  /** `Success`, `Error`, `Goodbye` … */
  readonly response: string;
  readonly message: string;
  readonly fields: readonly Field[];
  /** of a list answer: the fields of its items, in order */
  readonly items: readonly (readonly Field[])[];
};

/** 10,000 channels are more than one PBX has. */
export const MAX_LIST_ITEMS = 10_000;
/** Actions that wait for an answer at the same time. */
export const MAX_PENDING_ACTIONS = 100;

export type Actions = {
  /**
   * Sends an action and resolves with its answer, whatever it says. Errors: `AMI_INVALID_ACTION` (nothing was sent),
   * `AMI_TIMEOUT`, `AMI_ACTION_FAILED` (too many actions wait, or the list is too long), or what `rejectAll` was given.
   */
  request(action: string, fields: readonly Field[], deadlineMs: number): Promise<ActionAnswer>;
  /** Takes the fields of an answer or an event; false: they belong to none of our actions. */
  accept(fields: readonly Field[]): boolean;
  /** Every action that waits fails with `error`, and so does every later one. */
  rejectAll(error: CommslogError): void;
};

type Pending = {
  readonly resolve: (answer: ActionAnswer) => void;
  readonly reject: (error: CommslogError) => void;
  readonly timer: NodeJS.Timeout;
  first: readonly Field[] | null;
  readonly items: (readonly Field[])[];
};

/** Relates answers to actions by ActionID, in whatever order they come; `write` puts text on the wire. */
export function createActions(write: (text: string) => void): Actions {
  // Clients of one PBX see each other's ActionIDs (OriginateResponse): ours are told apart by a random part.
  const prefix = `commslog-${randomBytes(6).toString('hex')}-`;
  const pending = new Map<string, Pending>();
  let sent = 0;
  let closed: CommslogError | null = null;

  const settle = (id: string, how: (waiting: Pending) => void) => {
    const waiting = pending.get(id);
    if (waiting === undefined) return;
    pending.delete(id);
    clearTimeout(waiting.timer);
    how(waiting);
  };
  const fail = (id: string, error: CommslogError) => settle(id, (waiting) => waiting.reject(error));

  return {
    async request(action, fields, deadlineMs) {
      if (closed !== null) throw closed;
      if (pending.size >= MAX_PENDING_ACTIONS) {
        throw new CommslogError('AMI_ACTION_FAILED', `${MAX_PENDING_ACTIONS} actions already wait for an answer`);
      }
      const id = `${prefix}${++sent}`;
      const text = serializeAction([['Action', action], ['ActionID', id], ...fields]);
      return new Promise((resolve, reject) => {
        const late = new CommslogError('AMI_TIMEOUT', `the PBX did not answer ${action} within ${deadlineMs} ms`);
        const timer = setTimeout(() => fail(id, late), deadlineMs);
        pending.set(id, { resolve, reject, timer, first: null, items: [] });
        write(text);
      });
    },

    accept(fields) {
      if (pending.size === 0) return false;
      const id = fieldOf(fields, 'ActionID') ?? '';
      const waiting = pending.get(id);
      if (waiting === undefined) return false;
      const list = fieldOf(fields, 'EventList')?.toLowerCase();
      if (waiting.first === null) {
        waiting.first = fields;
        if (list !== 'start') settle(id, () => waiting.resolve(answerOf(fields, [])));
      } else if (list === 'complete' || list === 'cancelled') {
        const { first } = waiting;
        settle(id, () => waiting.resolve(answerOf(first, waiting.items)));
      } else if (waiting.items.length < MAX_LIST_ITEMS) {
        waiting.items.push(fields);
      } else {
        fail(id, new CommslogError('AMI_ACTION_FAILED', `the PBX answered with more than ${MAX_LIST_ITEMS} items`));
      }
      return true;
    },

    rejectAll(error) {
      closed = error;
      for (const id of [...pending.keys()]) fail(id, error);
    },
  };
}

function answerOf(fields: readonly Field[], items: readonly (readonly Field[])[]): ActionAnswer {
  return { response: fieldOf(fields, 'Response') ?? '', message: fieldOf(fields, 'Message') ?? '', fields, items };
}

const ENDS_LINE = ['\r', '\n', '\0'];

/**
 * An action as it goes over the wire. `AMI_INVALID_ACTION` when a key or value holds CR, LF or NUL (it would end the
 * line, and the rest would be read as fields or actions of its own) or a key is empty or holds a colon.
 */
export function serializeAction(fields: readonly Field[]): string {
  for (const [key, value] of fields) {
    if (key === '' || key.includes(':') || ENDS_LINE.some((end) => key.includes(end) || value.includes(end))) {
      throw new CommslogError('AMI_INVALID_ACTION', 'a key or a value of an action holds what would end it');
    }
  }
  return `${fields.map(([key, value]) => `${key}: ${value}\r\n`).join('')}\r\n`;
}
