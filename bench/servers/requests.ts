import http from 'node:http';

const CLIENTS = 24;
const WARM_UP_MS = 1_000;
const MEASURED_MS = 4_000;

export type Request = (url: string, token: string) => Promise<void>;

/** How many requests servers answer to clients that ask again as soon as they have an answer. */
export async function requestsASecond(
  request: Request,
  urls: readonly string[],
  tokens: readonly string[],
): Promise<number> {
  const from = performance.now() + WARM_UP_MS;
  const until = from + MEASURED_MS;
  let [asked, answered] = [0, 0];
  const client = async (url: string) => {
    while (performance.now() < until) {
      await request(url, tokens[asked++ % tokens.length] ?? '');
      const now = performance.now();
      if (now >= from && now < until) answered += 1;
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, n) => client(urls[n % urls.length] ?? '')));
  return (answered * 1_000) / MEASURED_MS;
}

export const agent = new http.Agent({ keepAlive: true, maxSockets: CLIENTS });

/** The first page of the list. */
export const readList: Request = async (url, token) => {
  const response = await get(`${url}/api/crm/comms?limit=50`, token, agent);
  for await (const _ of response);
};

/** Joins the live feed, and leaves when it has said which calls are in progress. */
export const joinFeed: Request = async (url, token) => {
  const response = await openFeed(url, token);
  let said = '';
  for await (const text of response.setEncoding('utf8')) {
    said += text;
    if (said.includes('event: current\n')) break;
  }
};

/** Its text from now on. */
export function openFeed(url: string, token: string): Promise<http.IncomingMessage> {
  return get(`${url}/api/crm/comms/live`, token, undefined);
}

/** The answer, whose body is still to be read. Error: its status is not 200. */
export function get(url: string, token: string, agent: http.Agent | undefined): Promise<http.IncomingMessage> {
  const headers = { authorization: `Bearer ${token}` };
  return new Promise((resolve, reject) => {
    const asked = http.get(url, { headers, ...(agent ? { agent } : {}) }, (response) => {
      if (response.statusCode === 200) resolve(response);
      else reject(new Error(`a server answers ${response.statusCode}`));
    });
    asked.on('error', (error) => {
      // a server that closes what was idle for long can be crossed by the next request
      if (asked.reusedSocket && 'code' in error && error.code === 'ECONNRESET') resolve(get(url, token, agent));
      else reject(error);
    });
  });
}
