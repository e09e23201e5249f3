/** A process that holds a lease, to be killed and frozen. */
import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { keepLeases } from '../../../src/adapters/postgres/index.ts';
import { logLines } from '../../support/logLines.ts';

const [url = '', timings = '{}'] = process.argv.slice(2);
const server = { id: randomUUID(), name: 'holder' };
const leases = keepLeases(url, { server, logger: logLines().logger, timings: JSON.parse(timings) });
const lease = leases.want('pbx:main', z.object({ until: z.number() }));
const say = () => process.send?.(lease.state());
lease.onChange(() => {
  if (lease.state() === 'held') lease.tell({ until: 42 });
  say();
});
process.on('message', say);
