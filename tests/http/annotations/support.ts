import { entrySchema } from '../../../src/http/contract/contract.ts';
import { type Answer, field } from '../support/ask.ts';
import { tellRecording } from '../support/facts.ts';
import { type System, startSystem } from '../support/system.ts';

export type Agent = {
  readonly system: System;
  /** asks as an agent, below `/api/crm` */
  ask(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** one call as a PBX of its own tells it; its entry's id */
  tellCall(recording: string): Promise<string>;
  logCall(call?: Record<string, unknown>): Promise<string>;
  register(id: string, name: string, ...numbers: string[]): Promise<void>;
  /** types of the events in the stream of people's facts of a PBX's entry, or of a call logged by hand */
  said(id: string): Promise<string[]>;
};

export async function startAgent(): Promise<Agent> {
  const system = await startSystem();
  const token = await system.token('agent');
  let pbxs = 0;
  const ask: Agent['ask'] = (method, path, body, headers) =>
    system.ask({ method, path: `/api/crm${path}`, token, body, headers });
  return {
    system,
    ask,
    async tellCall(recording) {
      const pbx = `pbx${++pbxs}`;
      await tellRecording(system, pbx, recording);
      const { rows } = await system.pool.query('select id from read_v1.crm_comms_log where pbx = $1', [pbx]);
      return String(rows[0]?.id);
    },
    async logCall(call) {
      const body = { customer_id: 'by-hand', direction: 'outbound', duration_seconds: 42, ...call };
      return String(field((await ask('POST', '/calls/log', body)).json, 'id'));
    },
    async register(id, name, ...numbers) {
      await ask('PUT', `/customers/${id}`, { name, numbers: numbers.map((number) => ({ number })) });
    },
    async said(id) {
      const { rows } = await system.pool.query(
        'select ext_message_id, source from read_v1.crm_comms_log where id = $1',
        [id],
      );
      const stream = rows[0]?.source === 'manual' ? `manual-${rows[0].ext_message_id}` : `annotation-${id}`;
      const types: string[] = [];
      for await (const batch of system.log.readStream(stream)) types.push(...batch.map(({ type }) => type));
      return types;
    },
  };
}

/** The entry of an answer, which must be one and nothing more. */
export function entryIn(answer: Answer) {
  return entrySchema.strict().parse(answer.json);
}

/** The texts of an entry's notes, in their order. */
export function textsIn(answer: Answer): string[] {
  return entryIn(answer).notes.map(({ text }) => text);
}

/** Status, stable code and the field in the way. */
export function refusalIn(answer: Answer): unknown[] {
  return [answer.status, field(answer.json, 'code'), field(answer.json, 'errors.0.pointer')];
}
