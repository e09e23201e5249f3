import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import http from 'node:http';
import https from 'node:https';
import { settingOf, usesTls, writtenCredentialsOf } from './connectionString.ts';

/** Why there is no answer of a node that is frozen, or cut off. */
export const SILENT = 'no answer in time';
const MAX_ANSWER_BYTES = 1_000_000;

/** What a node answers, the status with which it refuses to, or why there is no answer: the code of an error. */
export type NodeAnswer = { readonly json: unknown } | { readonly status: number } | { readonly failure: string };

/**
 * Asks nodes (`host:port`) for what they tell over HTTP, on the port of gRPC, with the TLS and login of a connection string.
 * An answer that has not come after `ms` counts as none.
 */
export function createNodeReader(url: string, ms: number): (host: string, path: string) => Promise<NodeAnswer> {
  const isSecure = usesTls(url);
  const options = isSecure ? { ...tlsOf(url), ...loginOf(url) } : {};
  return async (host, path) => {
    try {
      const target = `${isSecure ? 'https' : 'http'}://${host}${path}`;
      const signal = AbortSignal.timeout(ms);
      const asked = (isSecure ? https : http).request(target, { ...options, agent: false, signal });
      const response = await new Promise<IncomingMessage>((resolve, reject) => {
        asked.on('response', resolve).on('error', reject).end();
      });
      const { statusCode = 0 } = response;
      if (statusCode !== 200) {
        response.destroy();
        return { status: statusCode };
      }
      return { json: JSON.parse(await textOf(response)) };
    } catch (error) {
      return { failure: reasonOf(error) };
    }
  };
}

function tlsOf(url: string): https.RequestOptions {
  const file = (name: string) => {
    const path = settingOf(url, name);
    return path === undefined ? undefined : readFileSync(decodeURIComponent(path));
  };
  return { ca: file('tlsCAFile'), cert: file('userCertFile'), key: file('userKeyFile') };
}

function loginOf(url: string): https.RequestOptions {
  const login = writtenCredentialsOf(url);
  return login === null ? {} : { auth: `${login.username}:${login.password}` };
}

async function textOf(response: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    bytes += chunk.length;
    if (bytes > MAX_ANSWER_BYTES) throw new RangeError('an answer that is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && ['AbortError', 'TimeoutError'].includes(error.name)) return SILENT;
  return error instanceof Error && 'code' in error ? String(error.code) : 'no answer of EventStoreDB';
}
