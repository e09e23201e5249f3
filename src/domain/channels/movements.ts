/** Which channel came into which bridge, and when it left it. */
import { LISTENER_FACT_TYPES, OTHER_PBX_FACT } from '../events.ts';
import { type Fact, NO_SESSION, viewIn } from '../facts/fact.ts';
import { isHolding } from '../facts/grouping.ts';
import { later, type Micros } from '../time.ts';

export type Movement = {
  readonly uniqueid: string;
  /** where it is from now on; null: in no bridge, or in one where nobody meets */
  readonly bridge: string | null;
  /** null: before we listened */
  readonly at: Micros | null;
  /** not heard when it happened: it can have been at another time as well */
  readonly isLate: boolean;
};

/** Every channel's way through the bridges; before it has moved it is in none. `facts` in order. */
export function movementsOf(facts: readonly Fact[]): Movement[] {
  const channels = new Whereabouts();
  const waiting = waitingRoomsIn(facts);
  const gone = new Set<string>();
  for (const { uniqueid, bridge } of unheardEntries(facts)) channels.move(uniqueid, bridge, BEFORE);
  for (const fact of facts) {
    const uniqueid = viewIn(fact, 'subject')?.uniqueid;
    if (uniqueid === undefined || gone.has(uniqueid)) continue;
    if (fact.type === 'CallHungUp') {
      channels.move(uniqueid, null, fact);
      gone.add(uniqueid);
      continue;
    }
    const id = fact.bridges[0]?.id ?? null;
    const bridge = id === null || waiting.has(id) ? null : id;
    if (fact.type === LISTENER_FACT_TYPES.channelSeen) {
      const last = channels.lastMove(uniqueid);
      // what is heard of its moves in a session is surer than the list of that session
      if (last?.session === fact.session) continue;
      channels.move(uniqueid, bridge, { ...fact, isLate: true, at: later(fact.at, last?.at ?? null) });
    } else if (id === null) continue;
    else if (fact.type === 'BridgeEntered') channels.move(uniqueid, bridge, fact);
    else if (fact.type === 'BridgeLeft') {
      if (bridge !== null && !channels.hasLeft(uniqueid, bridge)) channels.move(uniqueid, bridge, BEFORE);
      channels.move(uniqueid, null, fact);
    } else if (fact.type === OTHER_PBX_FACT && !channels.isIn(uniqueid)) channels.move(uniqueid, bridge, BEFORE);
  }
  return channels.movements;
}

type Moment = Pick<Fact, 'at' | 'isLate' | 'timestamp' | 'session'>;

/** Answers to questions that others asked tell who is in a bridge, not since when. */
const BEFORE: Moment = { at: null, isLate: false, timestamp: null, session: NO_SESSION };

/** Parking lots and waiting rooms. A list of channels names a bridge without its type; other facts tell it. */
function waitingRoomsIn(facts: readonly Fact[]): ReadonlySet<string> {
  return new Set(facts.flatMap(({ bridges }) => bridges.filter(isHolding).map(({ id }) => id)));
}

/** Two channels that leave the same bridge have talked, also when nobody heard them enter. */
function unheardEntries(facts: readonly Fact[]): { readonly uniqueid: string; readonly bridge: string }[] {
  const first = new Map<string, Fact>();
  for (const fact of facts) {
    const subject = viewIn(fact, 'subject');
    if (!subject || (fact.type !== 'BridgeEntered' && fact.type !== 'BridgeLeft')) continue;
    if (!first.has(subject.uniqueid)) first.set(subject.uniqueid, fact);
  }
  return [...first].flatMap(
    ([
      uniqueid,
      {
        type,
        bridges: [bridge],
      },
    ]) => (bridge && type === 'BridgeLeft' && !isHolding(bridge) ? [{ uniqueid, bridge: bridge.id }] : []),
  );
}

/** Where each channel is now, and how it came there. */
class Whereabouts {
  readonly movements: Movement[] = [];
  readonly #bridges = new Map<string, string>();
  readonly #lastLeft = new Map<string, string>();
  readonly #lastMoves = new Map<string, Moment>();

  isIn(uniqueid: string): boolean {
    return this.#bridges.has(uniqueid);
  }

  lastMove(uniqueid: string): Moment | undefined {
    return this.#lastMoves.get(uniqueid);
  }

  /** Whether this is where it was last: said twice, it is no second visit. */
  hasLeft(uniqueid: string, bridge: string): boolean {
    return !this.#bridges.has(uniqueid) && this.#lastLeft.get(uniqueid) === bridge;
  }

  move(uniqueid: string, bridge: string | null, moment: Moment): void {
    const { at, isLate, timestamp } = moment;
    this.#lastMoves.set(uniqueid, moment);
    const before = this.#bridges.get(uniqueid) ?? null;
    if (before === bridge) return;
    if (before !== null) this.#lastLeft.set(uniqueid, before);
    if (bridge === null) this.#bridges.delete(uniqueid);
    else this.#bridges.set(uniqueid, bridge);
    this.movements.push({ uniqueid, bridge, at, isLate: isLate && timestamp === null });
  }
}
