// What a listener that connects in the midst of a recording hears: the list of channels that are open then, and the rest.
import type { Recording } from '../../src/cli/text/recordedCalls.ts';
import { LISTENER_FACT_TYPES } from '../../src/domain/events.ts';
import { type ChannelView, type Fact, viewIn } from '../../src/domain/facts/fact.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';

type Open = ChannelView & { readonly bridge: string | null; readonly dnid: string | null; readonly isCalled: boolean };

export type HeardLate = Recording & {
  /** uniqueids of the channels that were open then */
  readonly open: ReadonlySet<string>;
};

/** `from`: the first fact that is heard. */
export function heardFrom(
  { facts, connection }: Recording,
  from: number,
  { isListed }: { isListed: boolean },
): HeardLate {
  const open = openAfter(facts.slice(0, from));
  const [first] = facts.slice(from);
  const heard = [...(isListed && first ? open.map((channel) => listed(channel, first)) : []), ...facts.slice(from)];
  const connectedAt = first?.receivedAt ?? null;
  return {
    facts: heard.map((fact, seq) => ({ ...fact, seq })),
    connection:
      connection && connectedAt !== null
        ? { ...connection, connectedAt, ...(isListed ? { listedAt: connectedAt } : {}) }
        : connection,
    open: new Set(open.map(({ uniqueid }) => uniqueid)),
  };
}

function openAfter(facts: readonly Fact[]): Open[] {
  const open = new Map<string, Open>();
  const gone = new Set<string>();
  for (const fact of facts.filter(({ record }) => record === null)) {
    for (const view of fact.channels) {
      const isShown = view.role === 'subject' || view.role === 'dest';
      if (!isShown || gone.has(view.uniqueid)) continue;
      const before = open.get(view.uniqueid);
      const isCalled = before?.isCalled === true || (fact.type === 'DialBegan' && view.role === 'dest');
      const dnid = isCalled ? null : before ? before.dnid : view.exten;
      open.set(view.uniqueid, { ...view, bridge: before?.bridge ?? null, dnid, isCalled });
    }
    const subject = open.get(viewIn(fact, 'subject')?.uniqueid ?? '');
    if (!subject) continue;
    if (fact.type === 'BridgeEntered') open.set(subject.uniqueid, { ...subject, bridge: fact.bridges[0]?.id ?? null });
    if (fact.type === 'BridgeLeft') open.set(subject.uniqueid, { ...subject, bridge: null });
    if (fact.type !== 'CallHungUp') continue;
    open.delete(subject.uniqueid);
    gone.add(subject.uniqueid);
  }
  return [...open.values()];
}

/** As `Status` shows it. */
function listed(channel: Open, { pbx, session, receivedAt, at }: Fact): Fact {
  const fields = {
    Event: 'Status',
    Channel: channel.name ?? '',
    ChannelState: String(channel.state ?? 0),
    CallerIDNum: channel.callerNumber ?? '<unknown>',
    CallerIDName: channel.callerName ?? '<unknown>',
    ConnectedLineNum: channel.connectedNumber ?? '<unknown>',
    Context: channel.context ?? '',
    Exten: channel.exten ?? '',
    Priority: String(channel.priority ?? 1),
    Uniqueid: channel.uniqueid,
    Linkedid: channel.linkedid ?? channel.uniqueid,
    DNID: channel.dnid ?? '',
    BridgeID: channel.bridge ?? '',
    Application: channel.isCalled ? 'AppDial' : 'Dial',
  };
  const recorded = { v: 1, recorded_at: '2026-11-23T02:33:07Z', app: 'test', $correlationId: 'late' };
  const metadata = { ...recorded, pbx, session, seq: 0, received_at: null };
  const fact = factOf({ type: LISTENER_FACT_TYPES.channelSeen, data: { fields: Object.entries(fields) }, metadata });
  return { ...fact, receivedAt, at };
}
