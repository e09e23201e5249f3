import { readFileSync } from 'node:fs';
import { CallRouting, createTranslator, recordingSource } from '../adapters/ami/index.ts';
import { type Connection, foldGroup } from '../domain/call.ts';
import { compareCallIds } from '../domain/callId.ts';
import type { CallEntry } from '../domain/entry.ts';
import { LISTENER_FACT_TYPES } from '../domain/events.ts';
import { type Fact, factOf } from '../domain/facts.ts';
import { callsOf, groupFacts } from '../domain/grouping.ts';
import { defaultRules, parseRules, type Rules } from '../domain/rules.ts';
import type { Micros } from '../domain/time.ts';
import { CommslogError } from '../errors.ts';
import { systemClock } from '../ports/clock.ts';
import { VERSION } from '../version.ts';
import { tableOf } from './explainTable.ts';

export type ExplainOptions = { readonly json: boolean; readonly country?: string; readonly rules?: string };

const PBX = 'pbx';
/** A recording is one connection. */
const SESSION = 0;

/**
 * Prints the calls of a recorded transcript: one JSON object a line with the columns of crm_comms_log, or a table. A call that
 * is open at the end of the recording ends there. Errors: `RECORDING_UNREADABLE`, `RULES_INVALID`.
 */
export async function explain(file: string, options: ExplainOptions): Promise<void> {
  const rows = await explainRecording(file, rulesOf(options));
  const text = options.json ? rows.map((row) => JSON.stringify(withoutPeople(row))).join('\n') : tableOf(rows);
  if (text !== '') process.stdout.write(`${text}\n`);
}

/** The rows of a recording, oldest first. */
export async function explainRecording(file: string, rules: Rules): Promise<CallEntry[]> {
  const routing = new CallRouting(PBX);
  const translator = createTranslator({ pbx: PBX, session: SESSION, app: VERSION, now: systemClock.now, routing });
  const facts: Fact[] = [];
  let connectedAt: Micros | null = null;
  let connection: Connection | null = null;
  for await (const item of recordingSource(file, { pbx: PBX }).items(new AbortController().signal)) {
    if (item.kind === 'connected') connectedAt = item.at;
    if (item.kind === 'frames') facts.push(...translator.translate(item.frames, item.at).map(factOf));
    if (item.kind !== 'disconnected' || connectedAt === null || item.at === null) continue;
    const { at: disconnectedAt, lastHeardAt, pbxWentDown, reason } = item;
    connection = { pbx: PBX, session: SESSION, connectedAt, disconnectedAt, lastHeardAt, pbxWentDown, reason };
  }
  const givenUp = (call: readonly Fact[]) => {
    const id = call.flatMap(({ channels }) => channels)[0]?.uniqueid ?? '';
    return factOf(translator.say(LISTENER_FACT_TYPES.callGivenUp, [['Uniqueid', id]], systemClock.now()));
  };
  return groupFacts(facts)
    .flatMap((group) => {
      const complete = [...group, ...callsOf(group).map(givenUp)];
      return foldGroup(complete, { connections: connection ? [connection] : [], rules }).entries;
    })
    .sort((a, b) => compareCallIds(a.ext_message_id, b.ext_message_id));
}

function rulesOf({ rules, country }: ExplainOptions): Rules {
  if (rules === undefined) return defaultRules(country?.toUpperCase() ?? null);
  const fromFile = parseRules(readJson(rules));
  return country === undefined ? fromFile : parseRules({ ...fromFile, country: country.toUpperCase() });
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch (error) {
    const reason = error instanceof SyntaxError ? 'it is no JSON' : 'there is no such file or it may not be read';
    throw new CommslogError('RULES_INVALID', `cannot read the rules: ${reason}`, { cause: error });
  }
}

/** The columns of crm_comms_log; what only the log and people can tell is empty. */
function withoutPeople(row: CallEntry): object {
  return { ...row, customer_id: null, match: null, notes: [], done_at: null, position: null };
}
