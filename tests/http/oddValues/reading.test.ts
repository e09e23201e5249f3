import { tryOddValues } from '../support/oddRoutes.ts';
import { ODD_IN_HEADERS } from '../support/oddValues.ts';

tryOddValues(
  'reads',
  'odd values, at every place of every route that reads',
  (test, { route, urlOf, holds, allHold }) => {
    test('headers that any request may have: whatever stands in them, it is no fault of ours', async () => {
      const list = route('/api/crm/comms');
      const names = ['host', 'origin', 'authorization', 'x-request-id', 'x-forwarded-for', 'accept-encoding', 'range'];
      const more = [
        'cookie',
        'content-type',
        'if-none-match',
        'content-encoding',
        'sec-fetch-site',
        'access-control-request-method',
      ];
      for (const name of [...names, ...more]) {
        await allHold(ODD_IN_HEADERS, (odd) => holds(list, urlOf(list), { [name]: odd }));
      }
    });
  },
);
