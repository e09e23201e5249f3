// A process that listens, to be killed: `host port pbx database folder`.
import { pino } from 'pino';
import { openPostgresLog } from '../../../src/adapters/eventstore/index.ts';
import { Journal } from '../../../src/listening/journal/journal.ts';
import { startListener } from '../../../src/listening/listener.ts';
import { systemClock } from '../../../src/ports/clock.ts';
import { sourceOf } from '../../support/amiSource.ts';

// nobody is left to kill it
process.once('disconnect', () => process.exit());

const [host = '', port = '', pbx = '', url = '', folder = ''] = process.argv.slice(2);
const logger = pino({ level: 'silent' });
const journal = await Journal.open({ folder, logger });
const log = await openPostgresLog({ url });
const listener = startListener({
  source: sourceOf({ host, port: Number(port) }, { pbx }),
  journal,
  log,
  clock: systemClock,
  logger,
  app: '0.0.0',
});
setInterval(() => process.send?.({ stored: listener.state().stored, records: journal.state().records }), 10);
process.on('message', () => {
  void listener
    .stop()
    .then(() => log.close())
    .then(() => process.exit(0));
});
