import { agent, get } from '../servers/requests.ts';

const TIMES = 60;
const LEAST_TIMES = 10;
const MOST_MS = 20_000;
const WARM_UP = 3;

/** Milliseconds until each answer is read; what takes long is asked less often. Each request is another person's. */
export async function timed(
  url: string,
  tokens: readonly string[],
  path: (n: number) => string,
): Promise<readonly number[]> {
  const took: number[] = [];
  const until = performance.now() + MOST_MS;
  for (let n = 0; n < TIMES + WARM_UP; n += 1) {
    if (n > LEAST_TIMES && performance.now() > until) break;
    const from = performance.now();
    const answer = await get(`${url}${path(n)}`, tokens[n % tokens.length] ?? '', agent);
    for await (const _ of answer);
    if (n >= WARM_UP) took.push(performance.now() - from);
  }
  return took;
}

export type Exported = { readonly firstMs: number; readonly rowsASecond: number };

const EXPORTED_MS = 10_000;

/** The beginning of an export of everything. */
export async function exported(url: string, token: string): Promise<Exported> {
  const from = performance.now();
  const answer = await get(`${url}/api/crm/export?format=ndjson`, token, undefined);
  let [first, lines] = [0, 0];
  for await (const chunk of answer) {
    const now = performance.now();
    first ||= now;
    lines += String(chunk).split('\n').length - 1;
    if (now - from > EXPORTED_MS) break;
  }
  return { firstMs: first - from, rowsASecond: (lines * 1_000) / (performance.now() - first) };
}
