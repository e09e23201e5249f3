// The executable. Each command is loaded only when it is called, so that `explain` starts without any server code.
import { Command, InvalidArgumentError, Option } from 'commander';
import { diffColumns } from '../ports/rebuilds.ts';
import { VERSION } from '../version.ts';
import { inform, print } from './text/print.ts';

const lines = (text: string) => text.trimEnd().split('\n');

const program = new Command('commslog')
  .description(
    'An event-sourced call log for CRMs: listens to FreePBX/Asterisk, keeps every fact, tells each call right.',
  )
  .version(VERSION)
  .configureOutput({ writeOut: (text) => print(lines(text)), writeErr: (text) => inform(lines(text)) })
  // `parked retry --version 2` means the read model's, not the program's
  .enablePositionalOptions();

program
  .command('serve')
  .description('listen to the PBX, keep the log, serve the API and the web app')
  .addOption(new Option('--only <what>', 'leave listening and projecting to other servers').choices(['http']))
  .action(async (options) => (await import('./serving/serve.ts')).serve(options));

program
  .command('explain')
  .description('read a recorded AMI transcript and print one call a line; no database, no network')
  .argument('<file>', 'what a PBX sent (.txt or .txt.gz, with its .timing.jsonl beside it if there is one)')
  .option('--json', 'one JSON object a line, with the columns of crm_comms_log', false)
  .addOption(new Option('--country <code>', 'country of national numbers, such as GR').env('COUNTRY'))
  .option('--rules <file>', 'a rules.json')
  .action(async (file, options) => (await import('./commands/explain.ts')).explain(file, options));

program
  .command('record')
  .description('write what the configured PBX sends into a file that `explain` reads, until Ctrl-C')
  .argument('<file>', 'such as calls.txt; the times go beside it')
  .option('--pbx <id>', 'which PBX, if several are configured')
  .option('--pseudonymise', 'replace numbers and names consistently', false)
  .action(async (file, options) => (await import('./commands/record.ts')).record(file, options));

program
  .command('rebuild')
  .description('build the next version of the read model beside the active one and show what would change')
  .option('--rules <file>', 'a rules.json; default: the changed rules file that waits, else the rules in force')
  .option('--dry-run', 'throw the version away after the comparison', false)
  .option('--json', 'one JSON object a line: how far it is, then what would change', false)
  .action(async (options) => (await import('./commands/rebuild.ts')).rebuild(options));

program
  .command('versions')
  .description('list the versions of the read model')
  .option('--json', 'one JSON object a line', false)
  .action(async (options) => (await import('./commands/versions.ts')).versions(options));

program
  .command('diff')
  .description('show what readers would see otherwise with this version')
  .argument('<version>', 'its number', wholeNumber)
  .addOption(new Option('--format <format>', 'how').choices(['table', 'json', 'csv']).default('table'))
  .addOption(new Option('--kind <kind>', 'only these rows').choices(['added', 'removed', 'changed']))
  .addOption(new Option('--field <column>', 'only rows that change in this column').choices(diffColumns))
  .option('--limit <rows>', 'at most so many rows; a table shows 20', wholeNumber)
  .action(async (version, options) => (await import('./commands/diff.ts')).diff(version, options));

program
  .command('activate')
  .description('let readers see this version from now on; the one before is kept')
  .argument('<version>', 'its number', wholeNumber)
  .option('--force', 'although events of it could not be projected', false)
  .action(async (version, options) => (await import('./commands/activate.ts')).activate(version, options));

program
  .command('rollback')
  .description('go back to the version that was active before')
  .action(async () => (await import('./commands/activate.ts')).rollback());

program
  .command('drop')
  .description('remove a version that is not served, also one that is being built')
  .argument('<version>', 'its number', wholeNumber)
  .action(async (version) => (await import('./commands/versions.ts')).drop(version));

const rules = program.command('rules').description('look at the rules of the decisions');

rules
  .command('check')
  .description('say what is wrong in a rules file, and what it would change on the newest calls')
  .argument('<file>', 'a rules.json')
  .option('--calls <n>', 'how many calls to try it on', wholeNumber, 500)
  .action(async (file, options) => (await import('./commands/rules.ts')).checkRules(file, options));

rules
  .command('export')
  .description('print the rules in force')
  .action(async () => (await import('./commands/rules.ts')).exportRules());

program
  .command('replay')
  .description('tell what happened in a call: who rang, who answered, who was transferred to whom')
  .argument('[call]', 'the id of an entry, or the id that the PBX gave the call')
  .option('--from <time>', 'instead of a call: all of a period, from this time or day on (UTC)')
  .option('--to <time>', 'up to this time (exclusive)')
  .option('--pbx <id>', 'the PBX whose id it is, if several could have given it')
  .option('--ndjson', 'the raw facts, one JSON object a line', false)
  .action(async (call, options) => (await import('./commands/replay.ts')).replay(call, options));

program
  .command('export')
  .description('write everything that was recorded in a period into a file, one JSON object a line')
  .argument('<file>', 'such as november.ndjson')
  .requiredOption('--from <time>', 'a time or day (UTC)')
  .requiredOption('--to <time>', 'up to this time (exclusive)')
  .action(async (file, options) => (await import('./commands/exportFacts.ts')).exportFacts(file, options));

program
  .command('verify')
  .description('prove that a file is what `export` wrote')
  .argument('<file>', 'the exported file')
  .action(async (file) => (await import('./commands/verify.ts')).verify(file));

program
  .command('copy-log')
  .description('copy the log into another store; ids and revisions are kept, and both are compared')
  .requiredOption('--from <url>', 'postgres://… or esdb://…')
  .requiredOption('--to <url>', 'an empty log, or a copy that was interrupted')
  .action(async (options) => (await import('./commands/copyLog.ts')).copyLogCommand(options));

program
  .command('pack-log')
  .description('pack old events of a log in PostgreSQL now, as `serve` does by itself, and say what they take')
  .option('--days <n>', 'events that are older than so many days; default: PACK_AFTER_DAYS', wholeNumber)
  .option('--shrink', 'give the room that is free then back to the disk; the log is locked meanwhile', false)
  .action(async (options) => (await import('./commands/packLog.ts')).packLogCommand(options));

program
  .command('upgrade-data')
  .description('carry the log over into the PostgreSQL of this program, beside the data of another version of it')
  .option('--binaries <folder>', 'where the programs of the other version are')
  .option('--back', 'from the PostgreSQL of this program into the other one', false)
  .action(async (options) => (await import('./commands/upgradeData.ts')).upgradeData(options));

program
  .command('import')
  .description('bring in what the PBX has recorded itself')
  .command('cdr')
  .description('import call records: calls that nobody heard get a row, what was missed of others is filled in')
  .argument('[source]', 'mysql://…, mariadb://…, postgres://… or a Master.csv (.gz too); default: CDR_DATABASE_URL')
  .option('--pbx <id>', 'whose records they are, if several are configured')
  .option('--timezone <zone>', 'time zone of the PBX; default: AMI_TIMEZONE, else UTC')
  .option('--since <time>', 'only records from this time or day on (UTC)')
  .option('--until <time>', 'only records up to this time (exclusive)')
  .option('--dry-run', 'read and count, store nothing', false)
  .action(async (source, options) => (await import('./commands/importCdr.ts')).importCdr(source, options));

program
  .command('reconcile')
  .description('compare call by call what was heard with the imported call records, and list where they disagree')
  .requiredOption('--from <time>', 'a time or day (UTC)')
  .requiredOption('--to <time>', 'up to this time (exclusive)')
  .option('--json', 'one JSON object a line', false)
  .action(async (options) => (await import('./commands/reconcile.ts')).reconcile(options));

const parked = program
  .command('parked')
  .description('list the events that could not be projected, and why')
  .action(async () => (await import('./commands/parked.ts')).parked());

parked
  .command('retry')
  .description('project them again with this program, the oldest first')
  .argument('[position...]', 'only these', positions)
  .option('--version <n>', 'of this version; default: the active one', wholeNumber)
  .option('--json', 'one JSON object', false)
  .action(async (chosen = [], options) => (await import('./commands/retryParked.ts')).retryParked(chosen, options));

const refused = program
  .command('refused')
  .description('count the facts that the log has refused, by the reason')
  .action(async () => (await import('./commands/refused.ts')).refused());

refused
  .command('append')
  .description('append them again, in their order; what the log takes now is no longer kept apart')
  .action(async () => (await import('./commands/refused.ts')).appendRefusedFacts());

program
  .command('erase')
  .description('take a person out of the log and of every version for good; without --yes it tells what would go')
  .option('--customer <id>', 'a customer, with its calls, and what people said of them')
  .option('--number <number>', 'the calls of a number, such as +302109999999')
  .option('--call <id>', 'one call, by the id of its entry')
  .option('--whole-sessions', 'in EventStoreDB: also streams that mix people, whole', false)
  .option('--yes', 'do it', false)
  .action(async (options) => (await import('./commands/erase.ts')).erase(options));

program
  .command('doctor')
  .description('check Node, configuration, database, event store, PBX login and permissions, and say what to do')
  .option('--listen <seconds>', 'how long to listen to each PBX: make a test call meanwhile', wholeNumber, 5)
  .action(async (options) => (await import('./doctor/doctor.ts')).doctor(options));

program
  .command('token')
  .description('print a bearer token of the local secret, or a one-time sign-in link')
  .addOption(
    new Option('--role <role>', 'what its holder may do').choices(['agent', 'auditor', 'admin']).makeOptionMandatory(),
  )
  .option('--sub <id>', 'opaque id of its holder (no name, no e-mail)', 'local')
  .option('--ttl <time>', 'how long a token is valid: 15m, 12h, 30d', '12h')
  .option('--link', 'a link that signs in once, within 15 minutes', false)
  .action(async (options) => (await import('./commands/token.ts')).token(options));

function positions(text: string, before: readonly bigint[] = []): readonly bigint[] {
  if (/^\d{1,18}$/.test(text)) return [...before, BigInt(text)];
  throw new InvalidArgumentError('A position as `commslog parked` tells it.');
}

function wholeNumber(text: string): number {
  if (/^[1-9]\d{0,8}$/.test(text)) return Number(text);
  throw new InvalidArgumentError('A whole number from 1.');
}

async function endBy(error: unknown): Promise<void> {
  const { lastWords } = await import('./text/lastWords.ts');
  inform(lastWords(error));
  process.exitCode = 1;
}

// what a command has not awaited; `serve` hears it itself, and closes all in order
process.on('uncaughtException', (error) => {
  if (process.listenerCount('uncaughtException') === 1) void endBy(error).finally(() => process.exit());
});

await program.parseAsync().catch(endBy);
