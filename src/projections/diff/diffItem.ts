import type { Direction, Outcome, Reason, Why } from '../../domain/entry.ts';
import type { Json } from '../../domain/events.ts';
import type { DiffColumn, DiffItem } from '../../ports/rebuilds.ts';
import { wholeWhy } from '../tables/wholeWhy.ts';

/** A row of `crm_comms_log`, with its customer's name. */
export type ComparedRow = Readonly<Record<DiffColumn, unknown>> & {
  readonly id: string;
  readonly direction: Direction;
  readonly outcome: Outcome;
  readonly external_number: string | null;
  readonly occurred_at: string;
  readonly customer_id: string | null;
  readonly customer_name: string | null;
  readonly why: Why;
  readonly external_number_why: Reason | null;
};

/** What is shown of a row that differs in `fields`; one of the two is missing where it was added or removed. */
export function diffItem(
  before: ComparedRow | undefined,
  after: ComparedRow | undefined,
  fields: readonly DiffColumn[],
): DiffItem | null {
  const shown = after ?? before;
  if (!shown) return null;
  const { id, direction, outcome, external_number, occurred_at, customer_id, customer_name } = shown;
  const customer = customer_id === null ? null : { id: customer_id, name: customer_name ?? customer_id };
  return {
    id,
    kind: before && after ? 'changed' : after ? 'added' : 'removed',
    entry: { direction, outcome, externalNumber: external_number, occurredAt: occurred_at, customer },
    fields: fields.map((field) => ({
      field,
      before: jsonOf(before?.[field]),
      after: jsonOf(after?.[field]),
      why: jsonOf(field === 'customer_id' ? after?.match : after && wholeWhy(after)[field]),
    })),
  };
}

/** A column as JSON has it. */
function jsonOf(value: unknown): Json {
  return value === undefined ? null : JSON.parse(JSON.stringify(value));
}
