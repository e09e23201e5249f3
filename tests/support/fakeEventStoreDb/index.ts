import { ServerCredentials } from '@grpc/grpc-js';
import { FakeEventStoreDb } from './server.ts';

export { accessDenied, consumerTooSlow, invalid, notReady, reset, unlisted, wrongRevision } from './messages.ts';
export type { FakeEventStoreDb, Fate } from './server.ts';

/** A fake server on a free port of loopback, without TLS unless a certificate is given. */
export async function startFakeEventStoreDb(tls?: {
  readonly cert: Buffer;
  readonly key: Buffer;
}): Promise<FakeEventStoreDb> {
  const server = new FakeEventStoreDb(
    tls && ServerCredentials.createSsl(null, [{ cert_chain: tls.cert, private_key: tls.key }]),
  );
  await server.start();
  return server;
}
