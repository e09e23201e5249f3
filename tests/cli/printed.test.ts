import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { pseudonymisedTranscript } from '../../src/adapters/ami/index.ts';
import { streamOf } from '../../src/domain/events.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { Appending } from '../projections/support/appending.ts';
import { customerTold, personsEvent, poison } from '../projections/support/events.ts';
import { catchUp, openReadModel } from '../projections/support/readModel.ts';
import { demoRecording, sessionOf } from '../projections/support/recordedCalls.ts';
import { createDatabase } from '../support/postgres.ts';
import { command } from '../support/program.ts';
import { suite } from '../support/suite.ts';
import { inTemporaryFolder } from '../support/temporaryFolder.ts';

const test = suite('what commands print of a caller who tries to steer the terminal', { deadlineMs: 240_000 });

/** Clears the screen, names the window, the same by C1, hides, turns the direction, and begins a line of its own. */
const HOSTILE = '\u001b[2J\u001b]0;owned\u0007\u009b31m\u200f\u202e\u2028';
/** All that is no line break and is not shown. */
const STEERING = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u;
const SUBJECT = `mallory${HOSTILE}\n✓ all is well`;

const database = await createDatabase();
const model = await openReadModel(database.url);
test.after(async () => {
  await model.close();
  await database.drop();
});

/** A demo's call whose caller has put HOSTILE into name and number. */
function hostileRecording(folder: string): string {
  const file = join(folder, 'hostile.txt');
  const text = readFileSync(demoRecording('inbound-missed'), 'utf8');
  const hostile = text.replace(/^((?:CallerID|ConnectedLine)(?:Name|Num): \+?[^<\r]+)/gm, `$1${HOSTILE}`);
  writeFileSync(file, hostile);
  const read = [0, Buffer.byteLength(hostile), 1_795_399_882.1];
  writeFileSync(join(folder, 'hostile.timing.jsonl'), `${JSON.stringify(read)}\n`);
  return file;
}

async function said(...args: string[]): Promise<string> {
  const settings = { DATABASE_URL: database.url, LOG_LEVEL: 'info', DEMO: 'off' };
  const { stdout, stderr } = await command(args, settings);
  const text = stdout + stderr;
  // the lines of CSV end so
  assert.not.match(text.replaceAll('\r\n', '\n'), STEERING, args.join(' '));
  assert.not.ok(text.split('\n').some((line) => line.startsWith('✓ all is well')));
  return text;
}

test('is shown with each such character by its number, by every command, and stays the same JSON', () =>
  inTemporaryFolder(async (folder) => {
    const recording = hostileRecording(folder);
    const told = await sessionOf('pbx', 0, [recording]);
    const facts = told.map(({ stream, event }) => ({ ...event, stream, revision: 0n, position: 0n }));
    assert.match(JSON.stringify(facts.map(({ data }) => data)), '\u009b');
    const [, , ...callFacts] = facts;
    assert.not.match(pseudonymisedTranscript(callFacts).toString().replaceAll('\r\n', '\n'), STEERING);

    const customer = customerTold('CustomerRegistered', 'c-1', ['+306900000000'], systemClock.now());
    await new Appending(model.log).append([...told, customer, poison('call-pbx-1795000000.1')]);
    await catchUp(model);
    const { rows } = await model.pool.query('select id, external_name as name from read_v1.crm_comms_log');
    assert.is(rows.length, 1);
    const assigned = personsEvent('CallAssigned', { customer_id: 'c-1' }, systemClock.now());
    const metadata = { ...assigned.metadata, actor: { sub: SUBJECT, role: 'agent' } };
    await model.log.append(streamOf.annotation(rows[0].id), [{ ...assigned, metadata }], 'no_stream');

    assert.match(await said('explain', recording), '\\u001b[2J');
    const [row] = (await said('explain', recording, '--json')).split('\n');
    assert.match(JSON.stringify(JSON.parse(row ?? '')), '\u009b31m');
    assert.match(await said('replay', rows[0].id), 'mallory\\u001b[2J');
    assert.match(await said('replay', rows[0].id, '--ndjson'), '\\u009b31m');
    await said('parked');
    await said('reconcile', '--from', '2026-01-01', '--to', '2027-01-01', '--json');

    const rules = join(folder, 'rules.json');
    writeFileSync(rules, JSON.stringify({ country: 'DE' }));
    await said('rebuild', '--rules', rules);
    await said('diff', '2', '--format', 'csv');

    assert.match(await said('explain', `${folder}/${HOSTILE}`), 'RECORDING_UNREADABLE');
    assert.match(await said(HOSTILE), 'unknown command');
  }));

test.run();
