/** What was heard, call by call, against the call records that were imported. */
import type { Connection } from '../domain/channels/connection.ts';
import type { CommsEntry } from '../domain/entry.ts';
import type { RecordedEvent } from '../domain/events.ts';
import { factOf } from '../domain/facts/factOf.ts';
import type { Disagreement } from '../domain/records/compareRows.ts';
import { disagreementsOf } from '../domain/records/disagreements.ts';
import type { Rules } from '../domain/rules.ts';
import { hasCode } from '../errors.ts';
import type { History } from '../ports/history.ts';

export type Found = Disagreement & Pick<CommsEntry, 'id' | 'pbx' | 'ext_message_id' | 'occurred_at'>;

/** Compares entries one after the other; what is known of a PBX's connections is that of the first one. */
export class Reconciler {
  readonly #history: History;
  readonly #rules: Rules;
  readonly #connections = new Map<string, readonly Connection[]>();

  constructor(history: History, rules: Rules) {
    this.#history = history;
    this.#rules = rules;
  }

  /** Where the call's row and its records disagree; of a call that was logged by hand nothing. Errors: those of the history. */
  async disagreements(entry: CommsEntry, signal?: AbortSignal): Promise<readonly Found[]> {
    if (entry.source === 'manual') return [];
    const { id, pbx, ext_message_id, occurred_at } = entry;
    const behind = await this.#history.factsBehind(id, signal);
    const facts = behind?.kind === 'found' ? behind.events.flatMap(factIn) : [];
    const context = { connections: await this.#connectionsOf(pbx), rules: this.#rules };
    return disagreementsOf(entry, facts, context).map((one) => ({ ...one, id, pbx, ext_message_id, occurred_at }));
  }

  async #connectionsOf(pbx: string): Promise<readonly Connection[]> {
    const connections = this.#connections.get(pbx) ?? (await this.#history.connections(pbx));
    this.#connections.set(pbx, connections);
    return connections;
  }
}

function factIn(event: RecordedEvent) {
  try {
    return [factOf(event)];
  } catch (error) {
    // what people say of the entry, and what is parked
    if (hasCode(error, 'POISON_EVENT')) return [];
    throw error;
  }
}
