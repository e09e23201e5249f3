import { tryOddValues } from '../support/oddRoutes.ts';
import { oddly } from '../support/oddValues.ts';

tryOddValues(
  'writes',
  'odd values, at every place of every route that writes',
  (test, { route, urlOf, holds, allHold }) => {
    test('a page of customers to import: whatever stands in it, it is no fault of ours', async () => {
      const customers = route('/api/crm/customers/import');
      const customer = { id: 'c-9', name: 'Ninth', numbers: [{ number: '2101234567' }] };
      await allHold(oddly(customer), async (odd) => {
        await holds(customers, urlOf(customers), { 'content-type': 'application/x-ndjson' }, odd);
        await holds(customers, urlOf(customers), { 'content-type': 'text/csv' }, `id,name,numbers\n${odd}`);
      });
    });
  },
);
