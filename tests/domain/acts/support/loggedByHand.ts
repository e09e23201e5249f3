import type { CustomerState } from '../../../../src/domain/acts/customer.ts';
import type { LogCall } from '../../../../src/domain/acts/logCall.ts';
import type { Micros } from '../../../../src/domain/time.ts';

export const now = (Date.UTC(2026, 10, 25, 12) * 1000) as Micros;
export const known: CustomerState = {
  kind: 'known',
  customer: { name: 'Anna', numbers: [{ number: '+302101234567' }] },
};
export const command: LogCall = {
  customerId: 'c-1',
  direction: 'outbound',
  durationSeconds: 42,
  notes: 'asked for an offer',
  occurredAt: null,
  now,
  requestHash: null,
};
