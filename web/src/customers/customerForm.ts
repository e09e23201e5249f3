import type { Customer, CustomerBody } from '../api/types.ts';

/** A number as it is typed; when it held is kept as it was. */
export type NumberLine = {
  readonly key: string;
  readonly number: string;
  readonly label: string;
  readonly from: string | null;
  readonly to: string | null;
};

export type CustomerForm = { readonly name: string; readonly lines: readonly NumberLine[] };

export function formOf(customer: Customer | null, number = ''): CustomerForm {
  if (customer === null) return { name: '', lines: [newLine(number)] };
  const lines = customer.numbers.map(({ number, label, from, to }) => ({
    ...newLine(number),
    label: label ?? '',
    from,
    to,
  }));
  return { name: customer.name, lines };
}

/** Whether what was kept in the tab is a form of this program. */
export function isCustomerForm(stored: unknown): stored is CustomerForm {
  if (typeof stored !== 'object' || stored === null || !('name' in stored) || !('lines' in stored)) return false;
  return typeof stored.name === 'string' && Array.isArray(stored.lines) && stored.lines.every(isLine);
}

function isLine(stored: unknown): stored is NumberLine {
  if (typeof stored !== 'object' || stored === null) return false;
  const line: Partial<Record<keyof NumberLine, unknown>> = stored;
  const isTime = (time: unknown) => time === null || typeof time === 'string';
  return (
    [line.key, line.number, line.label].every((text) => typeof text === 'string') &&
    isTime(line.from) &&
    isTime(line.to)
  );
}

export function newLine(number = ''): NumberLine {
  return { key: crypto.randomUUID(), number, label: '', from: null, to: null };
}

export function bodyOf({ name, lines }: CustomerForm): CustomerBody {
  return {
    name: name.trim(),
    numbers: lines.map(({ number, label, from, to }) => ({
      number: number.trim(),
      label: label.trim() === '' ? null : label.trim(),
      from,
      to,
    })),
  };
}
