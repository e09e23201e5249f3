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
