import { FakeEventStoreDb } from './server.ts';

export { accessDenied, consumerTooSlow, reset } from './messages.ts';
export type { FakeEventStoreDb, Fate } from './server.ts';

/** A fake server on a free port of loopback. */
export async function startFakeEventStoreDb(): Promise<FakeEventStoreDb> {
  const server = new FakeEventStoreDb();
  await server.start();
  return server;
}
