import { once } from 'node:events';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';

export type Question = {
  readonly method?: string;
  readonly path: string;
  readonly token?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** sent as JSON; a string and bytes are sent as they are */
  readonly body?: unknown;
};

export type Answer = {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** the body if it is JSON; else null */
  readonly json: unknown;
};

/** Asks over a connection of its own. Unlike `fetch` it sends any header it is told to, Host too. */
export async function ask(port: number, question: Question): Promise<Answer> {
  const response = await open(port, question);
  let text = '';
  response.setEncoding('utf8');
  for await (const chunk of response) text += chunk;
  return { status: response.statusCode ?? 0, headers: response.headers, text, json: jsonOf(response, text) };
}

/** The same without reading the answer's body. */
export async function open(port: number, { method = 'GET', path, token, headers, body }: Question) {
  const sent = body === undefined ? undefined : isRaw(body) ? body : JSON.stringify(body);
  const outgoing = request({
    host: '127.0.0.1',
    port,
    method,
    path,
    agent: false,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(sent === undefined ? {} : { 'content-type': 'application/json' }),
      ...(sent === undefined || headers?.['transfer-encoding'] ? {} : { 'content-length': Buffer.byteLength(sent) }),
      ...headers,
    },
  });
  outgoing.end(sent);
  const [response]: IncomingMessage[] = await once(outgoing, 'response');
  // a server that has answered may close before all is sent: whoever reads the answer sees whether it is whole
  outgoing.on('error', () => {});
  if (!response) throw new Error('no response');
  return response;
}

function isRaw(body: unknown): body is string | Buffer {
  return typeof body === 'string' || Buffer.isBuffer(body);
}

function jsonOf(response: IncomingMessage, text: string): unknown {
  return /\bjson\b/.test(response.headers['content-type'] ?? '') && text !== '' ? JSON.parse(text) : null;
}

/** What stands at `a.b.0` of some JSON. */
export function field(json: unknown, path: string): unknown {
  return path.split('.').reduce<unknown>((value, key) => (value === null ? undefined : Object(value)[key]), json);
}
