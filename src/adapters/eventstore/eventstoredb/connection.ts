import { existsSync } from 'node:fs';
import { EventStoreDBClient } from '@eventstore/db-client';
import { CommslogError } from '../../../errors.ts';
import { pause } from '../../../retry.ts';
import { readSecret } from '../../../secretFile.ts';
import { namesCluster, settingOf, withClusterSettings } from './connectionString.ts';
import { createNodeReader, SILENT } from './nodeHttp.ts';

const DEADLINE_EXCEEDED = 4;
const NODE_ANSWER_MS = 2_000;
/** After 30 s it is believed to be slow. */
const MAX_SILENT_ANSWERS = 12;
const LOOK_AGAIN_MS = 500;

/**
 * A client whose own work in the background ends no process, and that goes to no silent node of a cluster and stays with none. `warn` is
 * told which settings of the connection string it does not heed. Errors: `CONFIG_INVALID`, which has no cause, as the
 * client's own message shows the connection string and its password.
 */
export function connect(url: string, warn: (text: string) => void): EventStoreDBClient {
  refuseOpenKey(url);
  const client = parse(withClusterSettings(url), warn);
  contain(client);
  leaveSilentNodes(client);
  if (namesCluster(url)) avoidSilentNodes(client, url);
  return client;
}

/** The key of a user's certificate is a secret, which the client would take from anywhere. Errors: `CONFIG_INVALID`. */
function refuseOpenKey(url: string): void {
  const key = settingOf(url, 'userKeyFile');
  if (key !== undefined && existsSync(decodeURIComponent(key))) readSecret(decodeURIComponent(key));
}

function parse(url: string, warn: (text: string) => void): EventStoreDBClient {
  const { warn: told } = console;
  // the client writes the whole connection string, with its password, to standard error
  console.warn = (text: unknown) => {
    const [first = ''] = String(text).split('\n');
    if (!first.includes('KeepAliveInterval')) warn(first);
  };
  try {
    return EventStoreDBClient.connectionString(url);
  } catch {
    throw new CommslogError(
      'CONFIG_INVALID',
      'not a connection string of EventStoreDB, such as esdb://user:password@host:2113 (or a certificate file of it is missing)',
    );
  } finally {
    console.warn = told;
  }
}

/**
 * When calls of one connection to a cluster fail, the client looks for another node and lets the later of them wait for it
 * with nobody listening: a search in vain would be an unhandled rejection, and end the process.
 */
function contain(client: EventStoreDBClient): void {
  replace(client, 'handleError', (handleError) => async (...failed) => {
    try {
      await handleError(...failed);
    } catch {
      // the next call looks for a node again
    }
  });
}

/**
 * The client gives reads no deadline, and stays with a node that has let one pass: with a leader that is frozen, or cut off
 * from the others, for as long as the connection lives.
 */
function leaveSilentNodes(client: EventStoreDBClient): void {
  replace(client, 'callArguments', (callArguments) => (options, defaults) => {
    const isLimited = typeof options === 'object' && options !== null && 'deadline' in options;
    return callArguments(options, isLimited ? undefined : defaults);
  });
  replace(client, 'shouldReconnect', (shouldReconnect) => (error) => {
    const isLate = error instanceof Error && 'code' in error && error.code === DEADLINE_EXCEEDED;
    return isLate ? [true] : shouldReconnect(error);
  });
}

/**
 * For some seconds, on a busy machine many, the nodes tell of a leader that is frozen as if it were alive. It takes
 * connections all the same, and calls to it wait for their whole deadline: so it has to answer a question first.
 */
function avoidSilentNodes(client: EventStoreDBClient, url: string): void {
  const ask = createNodeReader(url, NODE_ANSWER_MS);
  replace(client, 'resolveUri', (resolveUri) => async () => {
    for (let found = 1; ; found += 1) {
      const host = await resolveUri();
      const answer = found <= MAX_SILENT_ANSWERS ? await ask(String(host), '/info') : null;
      if (answer === null || !('failure' in answer) || answer.failure !== SILENT) return host;
      await pause(LOOK_AGAIN_MS);
    }
  });
}

type Method = (...args: readonly unknown[]) => unknown;

/** Puts another in the place of a method that the client keeps for itself. */
function replace(client: EventStoreDBClient, name: string, by: (method: Method) => Method): void {
  const method: unknown = Reflect.get(client, name);
  if (!isMethod(method)) throw new TypeError('another client than the one that is contained here');
  Reflect.set(client, name, by(method));
}

function isMethod(value: unknown): value is Method {
  return typeof value === 'function';
}
