import { tellCalls } from './facts.ts';
import type { System } from './system.ts';

/** A call of now whose channels opened in contexts that no rule knows. */
export async function tellGuessedCall(system: System): Promise<void> {
  const [id = ''] = await tellCalls(system, [{ occurred_at: new Date(system.clock.now() / 1_000).toISOString() }]);
  const leg = { uniqueid: '1.1', from: null, answered: null, to: null, holds: [] };
  const legs = [
    { ...leg, channel: 'PJSIP/gate-00000001', party: 'gate', kind: 'trunk' },
    { ...leg, channel: 'PJSIP/101-00000002', party: '101', kind: 'extension' },
  ];
  const inputs = {
    channels: legs.map(({ channel }) => channel),
    rules: ['far_end', 'caller_number_is_endpoint'],
    contexts: ['gate_in', 'desks'],
  };
  const why = { legs: { rule: 'guessed', inputs } };
  await system.pool.query('update read_v1.crm_comms_log set legs = $2, why = $3 where id = $1', [
    id,
    JSON.stringify(legs),
    JSON.stringify(why),
  ]);
}
