// The executable. Each command is loaded only when it is called, so that `explain` starts without any server code.
import { Command, Option } from 'commander';
import { CommslogError } from '../errors.ts';
import { VERSION } from '../version.ts';

const program = new Command('commslog')
  .description(
    'An event-sourced call log for CRMs: listens to FreePBX/Asterisk, keeps every fact, tells each call right.',
  )
  .version(VERSION);

program
  .command('serve')
  .description('listen to the PBX, keep the log, serve the API and the web app')
  .action(async () => (await import('./serve.ts')).serve());

program
  .command('explain')
  .description('read a recorded AMI transcript and print one call a line; no database, no network')
  .argument('<file>', 'what a PBX sent (.txt or .txt.gz, with its .timing.jsonl beside it if there is one)')
  .option('--json', 'one JSON object a line, with the columns of crm_comms_log', false)
  .addOption(new Option('--country <code>', 'country of national numbers, such as GR').env('COUNTRY'))
  .option('--rules <file>', 'a rules.json')
  .action(async (file, options) => (await import('./explain.ts')).explain(file, options));

program
  .command('record')
  .description('write what the configured PBX sends into a file that `explain` reads, until Ctrl-C')
  .argument('<file>', 'such as calls.txt; the times go beside it')
  .option('--pbx <id>', 'which PBX, if several are configured')
  .option('--pseudonymise', 'replace numbers and names consistently', false)
  .action(async (file, options) => (await import('./record.ts')).record(file, options));

program
  .command('doctor')
  .description('check Node, configuration, database, event store, PBX login and permissions, and say what to do')
  .action(async () => (await import('./doctor.ts')).doctor());

program
  .command('token')
  .description('print a bearer token of the local secret, or a one-time sign-in link')
  .addOption(
    new Option('--role <role>', 'what its holder may do').choices(['agent', 'auditor', 'admin']).makeOptionMandatory(),
  )
  .option('--sub <id>', 'opaque id of its holder (no name, no e-mail)', 'local')
  .option('--ttl <time>', 'how long a token is valid: 15m, 12h, 30d', '12h')
  .option('--link', 'a link that signs in once, within 15 minutes', false)
  .action(async (options) => (await import('./token.ts')).token(options));

try {
  await program.parseAsync();
} catch (error) {
  if (!(error instanceof CommslogError)) throw error;
  console.error(`commslog: ${error.message} [${error.code}]`);
  process.exitCode = 1;
}
