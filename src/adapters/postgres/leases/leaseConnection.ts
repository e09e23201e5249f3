import pg from 'pg';
import { connectionSettings } from '../../../postgres.ts';
import { endSoon, shareServeLock } from '../serveLock.ts';
import { LEASE_CHANNEL } from './leaseTable.ts';

type Options = {
  readonly answerMs: number;
  /** called when others have something to look at, or the connection has ended */
  readonly onNotice: () => void;
};

/** The connection on which the leases are renewed. One that has failed is left, and the next question opens another. */
export class LeaseConnection {
  readonly #url: string;
  readonly #options: Options;
  #client: pg.Client | null = null;
  #isShared = false;
  /** one question after the other, whoever asks */
  #last: Promise<unknown> = Promise.resolve();

  constructor(url: string, options: Options) {
    this.#url = url;
    this.#options = options;
  }

  /** Does `work` on it; one that fails without a word of PostgreSQL may be half dead, and is not asked again. */
  use<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    const used = this.#last.then(() => this.#use(work));
    this.#last = used.catch(() => undefined);
    return used;
  }

  async #use<T>(work: (client: pg.Client) => Promise<T>): Promise<T> {
    try {
      this.#client ??= await this.#open();
      return await work(this.#client);
    } catch (error) {
      if (!(error instanceof pg.DatabaseError)) void this.end();
      throw error;
    }
  }

  /**
   * False: a `serve` of an older program lives on the database, which knows no leases and would do everything too. As
   * long as this connection lasts none can start.
   */
  async keepOlderAway(client: pg.Client): Promise<boolean> {
    this.#isShared ||= await shareServeLock(client);
    return this.#isShared;
  }

  async end(): Promise<void> {
    const client = this.#client;
    this.#client = null;
    this.#isShared = false;
    if (client !== null) await endSoon(client);
  }

  async #open(): Promise<pg.Client> {
    const { answerMs, onNotice } = this.#options;
    const settings = { ...connectionSettings(this.#url), connectionTimeoutMillis: answerMs, query_timeout: answerMs };
    const client = new pg.Client(settings);
    const lost = () => {
      if (this.#client !== client) return;
      this.#client = null;
      this.#isShared = false;
      onNotice();
    };
    client.on('error', lost).on('end', lost).on('notification', onNotice);
    try {
      await client.connect();
      await client.query(`listen ${LEASE_CHANNEL}`);
      return client;
    } catch (error) {
      void endSoon(client);
      throw error;
    }
  }
}
