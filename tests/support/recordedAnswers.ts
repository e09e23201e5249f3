import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import type { FakeAction, FakeClient } from './fakePbx.ts';

/** The frames of an answer, without ActionIDs. */
export type RecordedAnswer = readonly string[];

const PERMISSION_DENIED: RecordedAnswer = ['Response: Error\r\nMessage: Permission denied'];

const fixture = (name: string) => {
  const bytes = readFileSync(fileURLToPath(new URL(`../fixtures/ami/${name}`, import.meta.url)));
  return (name.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};

/**
 * What a real PBX has answered, in the order of the answers. An event between the items of a list that names no ActionID is
 * none of them, unless the recording has no ActionIDs at all.
 */
function answersIn(name: string): { readonly id: string | null; readonly frames: string[] }[] {
  const answers: { readonly id: string | null; readonly frames: string[] }[] = [];
  const text = fixture(name).replaceAll(/\r?\n/g, '\r\n');
  for (const frame of text.slice(text.indexOf('\n') + 1).split('\r\n\r\n')) {
    const id = /^ActionID: (.*)$/m.exec(frame)?.[1]?.trim() ?? null;
    const plain = frame.replace(/^ActionID: .*\r\n/m, '').replace(/\r\nActionID: .*$/, '');
    if (frame.startsWith('Response:')) answers.push({ id, frames: [plain] });
    else if (id !== null || answers.at(-1)?.id === null) answers.findLast((one) => one.id === id)?.frames.push(plain);
  }
  return answers;
}

const answerTo = (name: string, id: string): RecordedAnswer => {
  const answer = answersIn(name).find((one) => one.id === id);
  if (answer === undefined) throw new Error(`no answer ${id} in ${name}`);
  return answer.frames;
};

const GAP = 'freepbx/gap/kill.resync.txt';
const CRM = 'logins/permissions-crm.server.txt';
const READ_ONLY = 'logins/permissions-crmro.server.txt';
const BUSY = 'asterisk-22/resync-actions/ami.txt.gz';

/** After a cut connection on FreePBX 17, of an account with `write = reporting` and of one with `write =` empty. */
export const recorded = {
  listCommands: { reporting: answerTo(CRM, 'a11'), nothing: answerTo(READ_ONLY, 'a11') },
  coreStatus: answerTo(CRM, 'a4'),
  /** two calls that talk: four channels */
  status: answersIn(GAP)[1]?.frames ?? [],
  coreShowChannels: answersIn(GAP)[2]?.frames ?? [],
  bridgeList: answerTo(BUSY, 'q3'),
  bridgeInfo: (bridge: string) => answerTo(BUSY, `bi-${bridge.slice(0, 8)}`),
};

/** What the PBX answers to an action, by its name; an action that is not here is refused. */
export type Answers = ReadonlyMap<string, (action: FakeAction) => RecordedAnswer>;

/** Answers Pings, and every other action with what was recorded, until the client leaves. */
export async function answerAs(client: FakeClient, answers: Answers): Promise<void> {
  for (let action = await client.action(); action !== null; action = await client.action()) {
    const name = action.get('action') ?? '';
    if (name === 'Ping') client.answer(action, 'Success', 'Ping: Pong');
    else sendAnswer(client, action, (answers.get(name) ?? (() => PERMISSION_DENIED))(action));
  }
}

function sendAnswer(client: FakeClient, action: FakeAction, answer: RecordedAnswer): void {
  for (const frame of answer) {
    const [first = '', ...rest] = frame.split('\r\n');
    client.send(`${[first, `ActionID: ${action.get('actionid')}`, ...rest].join('\r\n')}\r\n\r\n`);
  }
}

/** The answers of a PBX to an account that may ask for everything. */
export const REPORTING: Answers = new Map([
  ['ListCommands', () => recorded.listCommands.reporting],
  ['CoreStatus', () => recorded.coreStatus],
  ['Status', () => recorded.status],
  ['CoreShowChannels', () => recorded.coreShowChannels],
]);

/** The answers to an account without any write permission. */
export const WRITES_NOTHING: Answers = new Map<string, (action: FakeAction) => RecordedAnswer>([
  ['ListCommands', () => recorded.listCommands.nothing],
  ['BridgeList', () => recorded.bridgeList],
  ['BridgeInfo', (action) => recorded.bridgeInfo(action.get('bridgeuniqueid') ?? '')],
]);
