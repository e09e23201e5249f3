import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

const EVERY_MS = 500;
const TRY_AGAIN_MS = 250;
const GIVE_UP_MS = 60_000;
const CUSTOMER = 'c-faults';

/** Somebody who logs calls by hand over HTTP, each with a key of its own, and sends each again until it is taken. */
export class ManualCalls {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #stopped = new AbortController();
  readonly #work: Promise<void>;
  #taken = 0;
  #longestCallMs = 0;
  #longestAnswerMs = 0;

  private constructor(url: string, headers: Readonly<Record<string, string>>) {
    this.#url = url;
    this.#headers = headers;
    this.#work = this.#logCalls();
    // told by `end`
    this.#work.catch(() => {});
  }

  /** `token` is one of an admin, who may also add the customer. */
  static async begin(url: string, token: string): Promise<ManualCalls> {
    const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
    const body = JSON.stringify({ name: 'A customer', numbers: [] });
    const { status } = await fetch(`${url}/api/crm/customers/${CUSTOMER}`, { method: 'PUT', headers, body });
    if (status !== 201) throw new Error(`a customer is answered with ${status}`);
    return new ManualCalls(url, headers);
  }

  /** The calls that were taken have lasted one second, two seconds … up to this. */
  get taken(): number {
    return this.#taken;
  }

  beginFault(): void {
    this.#longestCallMs = 0;
    this.#longestAnswerMs = 0;
  }

  /** Since the fault began: how long a call was tried until it was taken, and how long one answer took. */
  longest(): { readonly callMs: number; readonly answerMs: number } {
    return { callMs: this.#longestCallMs, answerMs: this.#longestAnswerMs };
  }

  async end(): Promise<void> {
    this.#stopped.abort();
    await this.#work;
  }

  async #logCalls(): Promise<void> {
    while (!this.#stopped.signal.aborted) {
      const seconds = this.#taken + 1;
      const body = JSON.stringify({ customer_id: CUSTOMER, direction: 'inbound', duration_seconds: seconds });
      const [key, from] = [randomUUID(), performance.now()];
      while (!(await this.#isTaken(body, key))) await sleep(TRY_AGAIN_MS);
      this.#longestCallMs = Math.max(this.#longestCallMs, performance.now() - from);
      this.#taken = seconds;
      await sleep(EVERY_MS);
    }
  }

  /** False: it has to be sent again. */
  async #isTaken(body: string, key: string): Promise<boolean> {
    const from = performance.now();
    const status = await this.#post(body, key).catch(() => null);
    this.#longestAnswerMs = Math.max(this.#longestAnswerMs, performance.now() - from);
    if (status === null || status >= 500) return false;
    if (status !== 201 && status !== 200) throw new Error(`a call is answered with ${status}`);
    return true;
  }

  async #post(body: string, key: string): Promise<number> {
    const headers = { ...this.#headers, 'idempotency-key': key };
    const signal = AbortSignal.timeout(GIVE_UP_MS);
    const response = await fetch(`${this.#url}/api/crm/calls/log`, { method: 'POST', headers, body, signal });
    await response.arrayBuffer();
    return response.status;
  }
}
