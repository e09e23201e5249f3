import type { LogCallBody } from '../api/types.ts';
import type { ChosenCustomer } from '../customers/CustomerPicker.tsx';
import type { Dictionary } from '../i18n/en.ts';

export type LogCallForm = {
  readonly customer: ChosenCustomer | null;
  readonly direction: 'inbound' | 'outbound';
  /** as they are typed */
  readonly minutes: string;
  readonly seconds: string;
  /** of the browser's time zone, to the minute; '' while it is being typed; null: so that the call ends now */
  readonly occurredAt: string | null;
  readonly notes: string;
};

export type Problems = Partial<Record<'customer' | 'minutes' | 'seconds' | 'occurredAt' | 'notes', string>>;

const MAX_SECONDS = 86_400;

export function emptyForm(customer: ChosenCustomer | null): LogCallForm {
  return { customer, direction: 'outbound', minutes: '', seconds: '', occurredAt: null, notes: '' };
}

/** Whether what was kept in the tab is a form of this program. */
export function isLogCallForm(stored: unknown): stored is LogCallForm {
  if (typeof stored !== 'object' || stored === null) return false;
  const form: Partial<Record<keyof LogCallForm, unknown>> = stored;
  return (
    (form.customer === null || isChosen(form.customer)) &&
    (form.direction === 'inbound' || form.direction === 'outbound') &&
    (form.occurredAt === null || typeof form.occurredAt === 'string') &&
    [form.minutes, form.seconds, form.notes].every((text) => typeof text === 'string')
  );
}

function isChosen(stored: unknown): boolean {
  if (typeof stored !== 'object' || stored === null) return false;
  return 'id' in stored && typeof stored.id === 'string' && 'name' in stored && typeof stored.name === 'string';
}

export function problemsOf(form: LogCallForm, t: Dictionary): Problems {
  const began = form.occurredAt;
  return {
    ...(form.customer === null ? { customer: t.logCall.needCustomer } : {}),
    ...(lengthOf(form) > MAX_SECONDS ? { minutes: t.logCall.tooLong } : {}),
    ...(isFigure(form.minutes) ? {} : { minutes: t.logCall.needFigure }),
    ...(isFigure(form.seconds) ? {} : { seconds: t.logCall.needFigure }),
    ...(began === '' ? { occurredAt: t.logCall.needTime } : {}),
    ...(began !== null && began > localMinute(new Date()) ? { occurredAt: t.logCall.future } : {}),
  };
}

export function bodyOf(form: LogCallForm): LogCallBody {
  return {
    customer_id: form.customer?.id ?? '',
    direction: form.direction,
    duration_seconds: lengthOf(form),
    notes: form.notes.trim(),
    occurred_at: form.occurredAt === null ? beganOf(form, new Date()) : new Date(form.occurredAt).toISOString(),
  };
}

/** When it began if it ends `now`. */
export function beganOf(form: LogCallForm, now: Date): string {
  return new Date(now.getTime() - lengthOf(form) * 1_000).toISOString();
}

/** Where the server's complaints belong. */
export const FIELD_OF: Readonly<Record<string, keyof Problems>> = {
  '#/customer_id': 'customer',
  '#/duration_seconds': 'minutes',
  '#/occurred_at': 'occurredAt',
  '#/notes': 'notes',
};

/** As `<input type=datetime-local>` writes it. */
export function localMinute(time: Date): string {
  return new Date(time.getTime() - time.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}

/** In seconds; what is no figure is refused before it is sent, and counts for nothing. */
export function lengthOf({ minutes, seconds }: LogCallForm): number {
  const figure = (text: string) => (isFigure(text) ? Number(text) : 0);
  return figure(minutes) * 60 + figure(seconds);
}

function isFigure(text: string): boolean {
  return /^\s*\d{0,6}\s*$/.test(text);
}
