// Appends one event in a process of its own, to be frozen meanwhile; says when it is stored.
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { event } from './helpers.ts';

// nobody is left to kill it
process.once('disconnect', () => process.exit());

const [url = '', schema = '', stream = ''] = process.argv.slice(2);
const log = await openPostgresLog({ url, schema });
const told = event();
for (let isStored = false; !isStored; ) {
  isStored = await log.append(stream, [told], 'no_stream').then(
    () => true,
    () => false,
  );
}
process.send?.('stored');
