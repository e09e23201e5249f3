// Started as a process of its own: a command that works with the database until it is ended.
import { withDatabase } from '../../../src/cli/opening/database.ts';
import { loadConfig } from '../../../src/config.ts';

await withDatabase(loadConfig(process.env), () => {
  console.log('works');
  return new Promise(() => setInterval(() => {}, 1_000));
});
