import type { FakeAction, FakeClient } from '../../support/fakePbx.ts';

/** What `ListCommands` names for everybody, and what `reporting` and `originate` add. */
export const FOR_ALL = ['BridgeList: Get a list of bridges.  (Priv: <none>)', 'Ping: Keepalive.  (Priv: <none>)'];
export const REPORTING = [
  'ConfbridgeList: List participants.  (Priv: reporting,all)',
  'CoreShowChannels: List channels.  (Priv: system,reporting,all)',
  'CoreStatus: Show status.  (Priv: system,reporting,all)',
  'Status: List channel status.  (Priv: system,call,reporting,all)',
];
export const ORIGINATE = ['Originate: Originate a call.  (Priv: originate,all)'];

type Account = {
  /** lines of the answer to `ListCommands` */
  readonly commands: readonly string[];
  /** how many channels the one bridge holds at the n-th question; 0: there is none */
  readonly channels: (nth: number) => number;
};

/** Answers what is asked of an account until the client leaves. */
export async function answerAs(client: FakeClient, { commands, channels }: Account): Promise<void> {
  let asked = 0;
  for (let action = await client.action(); action !== null; action = await client.action()) {
    const name = action.get('action');
    if (name === 'ListCommands') client.answer(action, 'Success', ...commands);
    else if (name === 'BridgeList') list(client, action, 'BridgeListItem', bridges(channels(asked++)));
    else if (name === 'CoreShowChannels') list(client, action, 'CoreShowChannel', channelsOf(channels(asked++)));
    else client.answer(action, 'Success', 'Ping: Pong', `Timestamp: ${(Date.now() / 1000).toFixed(6)}`);
  }
}

function bridges(channels: number): readonly string[] {
  return channels === 0 ? [] : [`BridgeUniqueid: b-1\r\nBridgeNumChannels: ${channels}`];
}

function channelsOf(channels: number): readonly string[] {
  return Array.from({ length: channels }, (_, n) => `Uniqueid: 1795400000.${n}`);
}

function list(client: FakeClient, action: FakeAction, event: string, items: readonly string[]): void {
  const id = `ActionID: ${action.get('actionid')}`;
  client.answer(action, 'Success', 'EventList: start');
  for (const item of items) client.send(`Event: ${event}\r\n${id}\r\n${item}\r\n\r\n`);
  client.send(`Event: ${event}Complete\r\n${id}\r\nEventList: Complete\r\nListItems: ${items.length}\r\n\r\n`);
}
