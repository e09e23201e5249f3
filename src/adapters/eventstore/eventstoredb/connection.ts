import { EventStoreDBClient } from '@eventstore/db-client';
import { CommslogError } from '../../../errors.ts';

export type Credentials = { readonly username: string; readonly password: string };

/** A client whose own work in the background ends no process. Errors: `CONFIG_INVALID`, which has no cause, as the client's own message shows the connection string and its password. */
export function connect(url: string): EventStoreDBClient {
  return contained(parse(url));
}

function parse(url: string): EventStoreDBClient {
  try {
    return EventStoreDBClient.connectionString(url);
  } catch {
    throw new CommslogError(
      'CONFIG_INVALID',
      'not a connection string of EventStoreDB, such as esdb://user:password@host:2113 (or a certificate file of it is missing)',
    );
  }
}

/**
 * When calls of one connection to a cluster fail, the client looks for another node and lets the later of them wait for it
 * with nobody listening: a search in vain would be an unhandled rejection, and end the process.
 */
function contained(client: EventStoreDBClient): EventStoreDBClient {
  const handleError: unknown = Reflect.get(client, 'handleError');
  if (typeof handleError !== 'function') throw new TypeError('another client than the one that is contained here');
  Reflect.set(client, 'handleError', async (...failed: unknown[]) => {
    try {
      await handleError(...failed);
    } catch {
      // the next call looks for a node again
    }
  });
  return client;
}

/** The login in the connection string; a server without TLS asks for none, but the client must believe that there is one. */
export function credentialsOf(url: string): Credentials {
  const [, username, password] = /^[a-z+]+:\/\/([^:@/?]+):([^@]+)@/.exec(url) ?? [];
  if (username !== undefined && password !== undefined)
    return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
  if (/[?&]tls=false(&|$)/i.test(url)) return { username: 'admin', password: 'changeit' };
  throw new CommslogError(
    'CONFIG_INVALID',
    'the connection string of EventStoreDB names no user: esdb://user:password@host',
  );
}
