import type { Decided } from '../../../../src/domain/acts/annotation.ts';
import type { Decision } from '../../../../src/domain/acts/decision.ts';

export const NOTHING: Decided = { assignment: null, doneAt: null, notes: [] };
export const NOTE = {
  id: '5d2f8a34-8a0e-4b55-a6f9-1f6f3f1f0001',
  text: 'x',
  author: 'anna',
  at: '2026-11-24T10:00:00.000000Z',
};

/** `[type, data]` of what is said, `[]` of nothing, the code of a refusal. */
export function said(decision: Decision): unknown {
  if (decision.kind === 'refused') return decision.code;
  return decision.events.flatMap(({ type, data }) => [type, data]);
}

export const typesOf = (decision: Decision) =>
  decision.kind === 'accepted' ? decision.events.map((e) => e.type) : decision;
export const dataOf = (decision: Decision) => (decision.kind === 'accepted' ? decision.events[0]?.data : decision);
export const refusalOf = (decision: Decision) =>
  decision.kind === 'refused' ? [decision.code, decision.pointer] : decision;
