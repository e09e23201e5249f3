import { randomBytes } from 'node:crypto';
import { CommslogError } from '../../../errors.ts';
import { type Field, fieldOf } from '../../../ports/pbxSource.ts';
import { ACTION_ID_PREFIX } from '../wire/actionId.ts';

export type ActionAnswer = {
  /** `Success`, `Error`, `Goodbye` … */
  readonly response: string;
  readonly message: string;
  readonly fields: readonly Field[];
  /** of a list answer: the fields of its items, in order */
  readonly items: readonly (readonly Field[])[];
  /** it is a list, and the PBX has named all of it */
  readonly isComplete: boolean;
};

/** 10,000 channels are more than one PBX has. */
export const MAX_LIST_ITEMS = 10_000;
/** Of a list that is kept until it is complete: the characters of all its items. */
export const MAX_LIST_LENGTH = 4 * 1024 * 1024;
/** Actions that wait for an answer at the same time. */
export const MAX_PENDING_ACTIONS = 100;

/** Is given an item of a list as soon as it is read. */
export type OnListItem = (fields: readonly Field[]) => void;

export type Actions = {
  /**
   * Sends an action and resolves with its answer, whatever it says. With `onItem` the items of a list are given to it and
   * not kept. Errors: `AMI_INVALID_ACTION` (nothing was sent),
   * `AMI_TIMEOUT`, `AMI_ACTION_FAILED` (too many actions wait, or the list is too long), or what `rejectAll` was given.
   */
  request(action: string, fields: readonly Field[], deadlineMs: number, onItem?: OnListItem): Promise<ActionAnswer>;
  /**
   * Takes the fields of an answer or an event; false: they belong to none of our actions. What comes of an action that has
   * failed is taken and dropped: it is nothing that the PBX says by itself.
   */
  accept(fields: readonly Field[]): boolean;
  /** Every action that waits fails with `error`, and so does every later one. */
  rejectAll(error: CommslogError): void;
};

type Pending = {
  readonly resolve: (answer: ActionAnswer) => void;
  readonly reject: (error: CommslogError) => void;
  readonly timer: NodeJS.Timeout;
  readonly onItem: OnListItem | null;
  first: readonly Field[] | null;
  readonly items: (readonly Field[])[];
  count: number;
  /** characters of `items` */
  length: number;
};

/** Relates answers to actions by ActionID, in whatever order they come; `write` puts text on the wire. */
export function createActions(write: (text: string) => void): Actions {
  // Clients of one PBX see each other's ActionIDs (OriginateResponse): ours are told apart by a random part.
  const prefix = `${ACTION_ID_PREFIX}${randomBytes(6).toString('hex')}-`;
  const pending = new Map<string, Pending>();
  let sent = 0;
  let hasFailed = false;
  let closed: CommslogError | null = null;

  const settle = (id: string, how: (waiting: Pending) => void) => {
    const waiting = pending.get(id);
    if (waiting === undefined) return;
    pending.delete(id);
    clearTimeout(waiting.timer);
    how(waiting);
  };
  const fail = (id: string, error: CommslogError) => {
    hasFailed = true;
    settle(id, (waiting) => waiting.reject(error));
  };

  return {
    async request(action, fields, deadlineMs, onItem) {
      if (closed !== null) throw closed;
      if (pending.size >= MAX_PENDING_ACTIONS) {
        throw new CommslogError('AMI_ACTION_FAILED', `${MAX_PENDING_ACTIONS} actions already wait for an answer`);
      }
      const id = `${prefix}${++sent}`;
      const text = serializeAction([['Action', action], ['ActionID', id], ...fields]);
      return new Promise((resolve, reject) => {
        const late = new CommslogError('AMI_TIMEOUT', `the PBX did not answer ${action} within ${deadlineMs} ms`);
        const timer = setTimeout(() => fail(id, late), deadlineMs);
        pending.set(id, {
          resolve,
          reject,
          timer,
          onItem: onItem ?? null,
          first: null,
          items: [],
          count: 0,
          length: 0,
        });
        write(text);
      });
    },

    accept(fields) {
      if (pending.size === 0 && !hasFailed) return false;
      const id = fieldOf(fields, 'ActionID') ?? '';
      const waiting = pending.get(id);
      if (waiting === undefined) return id.startsWith(prefix);
      const list = fieldOf(fields, 'EventList')?.toLowerCase();
      if (waiting.first === null) {
        waiting.first = fields;
        if (list !== 'start') settle(id, () => waiting.resolve(answerOf(fields, [], false)));
      } else if (list === 'complete' || list === 'cancelled') {
        const { first, items, count } = waiting;
        const isComplete = list === 'complete' && Number(fieldOf(fields, 'ListItems') ?? count) === count;
        settle(id, () => waiting.resolve(answerOf(first, items, isComplete)));
      } else if (!takeItem(waiting, fields)) {
        fail(id, new CommslogError('AMI_ACTION_FAILED', 'the PBX answered with a list that is too long'));
      }
      return true;
    },

    rejectAll(error) {
      closed = error;
      for (const id of [...pending.keys()]) fail(id, error);
    },
  };
}

/** False: it is one too many. */
function takeItem(waiting: Pending, fields: readonly Field[]): boolean {
  waiting.count += 1;
  if (waiting.count > MAX_LIST_ITEMS) return false;
  if (waiting.onItem !== null) {
    waiting.onItem(fields);
    return true;
  }
  for (const [key, value] of fields) waiting.length += key.length + value.length;
  if (waiting.length > MAX_LIST_LENGTH) return false;
  waiting.items.push(fields);
  return true;
}

function answerOf(fields: readonly Field[], items: ActionAnswer['items'], isComplete: boolean): ActionAnswer {
  const [response, message] = [fieldOf(fields, 'Response') ?? '', fieldOf(fields, 'Message') ?? ''];
  return { response, message, fields, items, isComplete };
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
