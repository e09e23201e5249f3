import { existsSync, readdirSync, readFileSync } from 'node:fs';
import * as assert from 'uvu/assert';
import { z } from 'zod';
import { eventually } from '../support/eventually.ts';
import { suite } from '../support/suite.ts';
import { commandsOf } from './commands/commandsOf.ts';
import { Newcomer } from './commands/newcomer.ts';
import { NOT_RUN } from './commands/notRun.ts';
import { blocks } from './markdown.ts';

const test = suite('the commands of the documents', { deadlineMs: 280_000 });

const all = blocks();
const commands = all.filter(({ language }) => language === 'sh').flatMap(commandsOf);
const isNotRun = (command: string) => NOT_RUN.some(([begins]) => command.startsWith(begins));

const pageSchema = z.object({ items: z.array(z.object({ customer: z.unknown() })) });

test('stand in blocks of their own; every other block is no command', () => {
  const others = new Set(all.map(({ language }) => language).filter((language) => language !== 'sh'));
  assert.equal([...others].sort(), ['ini', 'json', 'mermaid', 'nginx', 'sql', 'text']);
  for (const { language, text, document } of all) {
    if (language === 'json') assert.not.throws(() => JSON.parse(text), document);
  }
});

test('that are not run stand in a list with the reason, and each of the list is in a document', () => {
  for (const [begins, why] of NOT_RUN) {
    assert.ok(
      commands.some((command) => command.startsWith(begins)),
      begins,
    );
    for (const [path] of why.matchAll(/tests\/[\w/.]+\.ts/g)) assert.ok(existsSync(path), path);
  }
});

test('give customers no number of the demo, whose calls would then be of two', () => {
  const demo = readdirSync('demo').map((file) => readFileSync(`demo/${file}`, 'utf8').replaceAll(/[ +]/g, ''));
  const numbers = commands
    .filter((command) => /\/customers\/|customers\.csv/.test(command))
    .flatMap((command) => command.match(/(?:\d ?){10,}/g) ?? [])
    .map((number) => number.replaceAll(' ', '').slice(-10));
  assert.ok(numbers.length >= 4, numbers.join());
  assert.equal(
    numbers.filter((number) => demo.some((text) => text.includes(number))),
    [],
  );
});

test('do what they say, typed one after the other by a newcomer', async () => {
  const newcomer = new Newcomer();
  const printed = new Map<string, string>();
  try {
    for (const command of commands.filter((one) => !isNotRun(one))) {
      if (command === 'npm start') {
        await newcomer.start(command);
        await callsAreShown(newcomer);
      } else printed.set(command, await newcomer.type(command));
      const [, edited = null] = /> rules\.json .*then edit it, say (.+)$/.exec(command) ?? [];
      if (edited !== null) newcomer.edit('rules.json', (text) => text.replace('"own_numbers": []', edited));
    }
    assert.ok(printed.size > 20, `${printed.size}`);
    assertSample(printed);
  } finally {
    await newcomer.leave();
  }
});

test.run();

/** The calls of the last days, with customers. */
async function callsAreShown(newcomer: Newcomer): Promise<void> {
  const cookie = await newcomer.signIn();
  const shown = async () => {
    const answer = await fetch(`${newcomer.url}/api/crm/comms?limit=100`, { headers: { cookie } });
    // there is no read model yet in the first moments
    return answer.status === 503 ? [] : pageSchema.parse(await answer.json()).items;
  };
  await eventually(
    'calls with customers',
    async () => (await shown()).some(({ customer }) => customer !== null),
    60_000,
  );
}

/** What the README shows of a command is what comes out, but for figures and ids. */
function assertSample(printed: ReadonlyMap<string, string>): void {
  const masked = (text: string) =>
    text.replaceAll(/[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/g, 'id').replaceAll(/\d+/g, '#');
  const [sample, ...more] = all.filter(({ document, language }) => document === 'README.md' && language === 'text');
  assert.equal(more, []);
  const out = masked([...printed].find(([command]) => command.startsWith('bin/commslog diff 2'))?.[1] ?? '').split(
    '\n',
  );
  for (const line of masked(sample?.text ?? '')
    .trimEnd()
    .split('\n'))
    assert.ok(out.includes(line), line);
}
