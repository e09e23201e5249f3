import { maskedNumber, maskedText } from '../../domain/phone/index.ts';

/** Fields that hold a number of somebody outside, or nothing. */
const NUMBERS = ['external_number', 'external_number_raw', 'dialled'] as const;
/** Fields that a phone system or the fold has written, with numbers among other things. */
const TEXTS = ['external_name', 'match', 'segments', 'legs', 'course', 'why', 'body'] as const;

/** An entry or a call in progress for who may not see numbers. What people have written is left as it is. */
export function masked<R extends object>(row: R): R {
  const hidden: Record<string, unknown> = {};
  for (const [field, value] of Object.entries(row)) {
    if (isOneOf(NUMBERS, field) && typeof value === 'string') hidden[field] = maskedNumber(value);
    else if (isOneOf(TEXTS, field)) hidden[field] = deeply(value);
  }
  return { ...row, ...hidden };
}

function isOneOf(fields: readonly string[], field: string): boolean {
  return fields.includes(field);
}

function deeply(value: unknown): unknown {
  if (typeof value === 'string') return maskedText(value);
  if (Array.isArray(value)) return value.map(deeply);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, deeply(one)]));
}
