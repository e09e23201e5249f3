import * as assert from 'uvu/assert';
import { assignCall, callAssignedSchema, unassignCall } from '../../../src/domain/acts/assign.ts';
import type { CustomerState } from '../../../src/domain/acts/customer.ts';
import { suite } from '../../support/suite.ts';
import { NOTHING, said } from './support/decided.ts';

const test = suite('assigning a call, decided');

const customer: CustomerState = { kind: 'known', customer: { name: 'Anna', numbers: [] } };

test('assigning is said once, and only of a customer that is known', () => {
  const assigned = said(assignCall('a', { decided: NOTHING, customer }));
  assert.equal(assigned, ['CallAssigned', callAssignedSchema.parse({ customer_id: 'a' })]);
  const already = { ...NOTHING, assignment: { customerId: 'a' } };
  assert.equal(said(assignCall('a', { decided: already, customer })), []);
  assert.equal(said(assignCall('b', { decided: already, customer })), ['CallAssigned', { customer_id: 'b' }]);
  for (const kind of ['unknown', 'removed'] as const) {
    assert.is(said(assignCall('a', { decided: NOTHING, customer: { kind } })), 'UNKNOWN_CUSTOMER');
  }
});

test('that a call is nobody’s is said once, also where no person had assigned it', () => {
  assert.equal(said(unassignCall(NOTHING)), ['CallUnassigned', {}]);
  assert.equal(said(unassignCall({ ...NOTHING, assignment: { customerId: 'a' } })), ['CallUnassigned', {}]);
  assert.equal(said(unassignCall({ ...NOTHING, assignment: { customerId: null } })), []);
});

test.run();
