import type { LogCallBody } from '../api/types.ts';
import type { ChosenCustomer } from '../customers/CustomerPicker.tsx';
import type { Dictionary } from '../i18n/en.ts';

export type LogCallForm = {
  readonly customer: ChosenCustomer | null;
  readonly direction: 'inbound' | 'outbound';
  /** as the number fields give them: '' while empty */
  readonly minutes: number | string;
  readonly seconds: number | string;
  /** of the browser's time zone, to the minute; '' while it is being typed */
  readonly occurredAt: string;
  /** what `occurredAt` was filled with: while it stands, the call was now */
  readonly openedAt: string;
  readonly notes: string;
};

export type Problems = Partial<Record<'customer' | 'duration' | 'occurredAt' | 'notes', string>>;

const MAX_SECONDS = 86_400;

export function emptyForm(customer: ChosenCustomer | null): LogCallForm {
  const now = localMinute(new Date());
  return { customer, direction: 'outbound', minutes: 0, seconds: 0, occurredAt: now, openedAt: now, notes: '' };
}

export function problemsOf(form: LogCallForm, t: Dictionary): Problems {
  return {
    ...(form.customer === null ? { customer: t.logCall.needCustomer } : {}),
    ...(secondsOf(form) > MAX_SECONDS ? { duration: t.logCall.tooLong } : {}),
    ...(form.occurredAt === '' ? { occurredAt: t.logCall.needTime } : {}),
    ...(form.occurredAt > localMinute(new Date()) ? { occurredAt: t.logCall.future } : {}),
  };
}

export function bodyOf(form: LogCallForm): LogCallBody {
  return {
    customer_id: form.customer?.id ?? '',
    direction: form.direction,
    duration_seconds: secondsOf(form),
    notes: form.notes.trim(),
    // left as it was: now, which the server knows better than to the minute
    ...(form.occurredAt === form.openedAt ? {} : { occurred_at: new Date(form.occurredAt).toISOString() }),
  };
}

/** Where the server's complaints belong. */
export const FIELD_OF: Readonly<Record<string, keyof Problems>> = {
  '#/customer_id': 'customer',
  '#/duration_seconds': 'duration',
  '#/occurred_at': 'occurredAt',
  '#/notes': 'notes',
};

/** As `<input type=datetime-local>` writes it. */
export function localMinute(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

function secondsOf({ minutes, seconds }: LogCallForm): number {
  return Number(minutes) * 60 + Number(seconds);
}
