import { type FakeAction, type FakeClient, type FakePbx, fakePbx } from './fakePbx.ts';

export type DiallingPbx = FakePbx & {
  /** every `Originate` that came, in order */
  readonly originated: readonly FakeAction[];
};

/** A PBX that lets clients in, answers their Pings, and does with an `Originate` what it is told. */
export async function diallingPbx(
  onOriginate: (client: FakeClient, action: FakeAction) => unknown,
  { onPing = pong, ...options }: { readonly port?: number; readonly onPing?: typeof pong } = {},
): Promise<DiallingPbx> {
  const originated: FakeAction[] = [];
  const pbx = await fakePbx(async (client) => {
    await client.welcome();
    for (let action = await client.action(); action !== null; action = await client.action()) {
      if (action.get('action') !== 'Originate') {
        onPing(client, action);
        continue;
      }
      originated.push(action);
      void onOriginate(client, action);
    }
  }, options);
  return { ...pbx, originated };
}

export function pong(client: FakeClient, action: FakeAction): void {
  client.answer(action, 'Success', 'Ping: Pong', `Timestamp: ${(Date.now() / 1000).toFixed(6)}`);
}

export function queued(client: FakeClient, action: FakeAction): void {
  client.answer(action, 'Success', 'Message: Originate successfully queued');
}

/** How it went: `Reason` 4 is an answer, 5 busy, 3 a phone that rang for too long. */
export function originateResponse(client: FakeClient, action: FakeAction, reason: number): void {
  client.send(
    [
      'Event: OriginateResponse',
      'Privilege: call,all',
      `ActionID: ${action.get('actionid')}`,
      `Response: ${reason === 4 ? 'Success' : 'Failure'}`,
      `Channel: ${action.get('channel')}`,
      `Context: ${action.get('context')}`,
      `Exten: ${action.get('exten')}`,
      `Reason: ${reason}`,
      `Uniqueid: ${reason === 4 ? action.get('channelid') : '<unknown>'}`,
      'CallerIDNum: <unknown>',
      'CallerIDName: <unknown>',
      '\r\n',
    ].join('\r\n'),
  );
}
