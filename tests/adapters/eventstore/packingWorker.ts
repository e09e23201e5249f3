// Packs a log in blocks of two events in a process of its own, to be killed meanwhile.

import { createPool } from '../../../src/postgres.ts';
import { packAll } from './packing.ts';

// nobody is left to kill it
process.once('disconnect', () => process.exit());

const [url = '', schema = ''] = process.argv.slice(2);
await packAll(createPool(url, { max: 1 }), schema, [2]);
process.send?.('packed');
