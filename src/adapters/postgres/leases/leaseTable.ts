import type pg from 'pg';
import { z } from 'zod';
import type { LeaseTimings } from './limits.ts';

/** Others look at the leases as soon as one is given up or offered. */
export const LEASE_CHANNEL = 'commslog_lease';

/** The server, and this process of it. */
export type Self = { readonly id: string; readonly name: string; readonly process: string };

/** A lease as it stands in the table. */
export type LeaseRow = z.infer<typeof rowSchema>;

/** What a process has to say of a lease that it wants, or has. */
export type Wish = {
  readonly name: string;
  /** as JSON; null: nothing new */
  readonly told: string | null;
  readonly offers: boolean;
};

const rowSchema = z.object({
  name: z.string(),
  holder: z.uuid(),
  holderName: z.string(),
  process: z.uuid(),
  isOver: z.boolean(),
  isOffered: z.boolean(),
  /** the one that makes itself ready, if it is there */
  successor: z.uuid().nullable(),
  told: z.unknown(),
});

const ROW = `name, holder, holder_name as "holderName", process, told, expires_at <= clock_timestamp() as "isOver",
  offered_at is not null as "isOffered",
  case when successor_at > clock_timestamp() - $1 * interval '1 ms' then successor end as successor`;

/** The leases by their statements; all times are PostgreSQL's. */
export class LeaseTable {
  readonly #client: Pick<pg.Client, 'query'>;
  readonly #self: Self;
  readonly #timings: LeaseTimings;

  constructor(client: Pick<pg.Client, 'query'>, self: Self, timings: LeaseTimings) {
    this.#client = client;
    this.#self = self;
    this.#timings = timings;
  }

  /** Lets go on what this process has of them, also what was over and nobody took. */
  async renew(wishes: readonly Wish[]): Promise<void> {
    await this.#client.query(
      `update commslog.lease l set
         expires_at = clock_timestamp() + $2 * interval '1 ms', told = coalesce(wish.told, l.told),
         offered_at = case when wish.offers then coalesce(l.offered_at, clock_timestamp()) end,
         successor = case when wish.offers then l.successor end
       from jsonb_to_recordset($3) as wish (name text, told jsonb, offers boolean)
       where l.name = wish.name and l.process = $1`,
      [
        this.#self.process,
        this.#timings.termMs,
        JSON.stringify(wishes.map(({ told, ...wish }) => ({ ...wish, told: told === null ? null : JSON.parse(told) }))),
      ],
    );
    if (wishes.some(({ offers }) => offers)) await this.#notify();
  }

  async read(names: readonly string[]): Promise<ReadonlyMap<string, LeaseRow>> {
    const { rows } = await this.#client.query(`select ${ROW} from commslog.lease where name = any($2)`, [
      this.#timings.successorMs,
      names,
    ]);
    return new Map(
      z
        .array(rowSchema)
        .parse(rows)
        .map((row) => [row.name, row]),
    );
  }

  /**
   * Takes it, when it is nobody's any more, when it was offered to this process, or (`fromFormerSelf`) when an earlier
   * process of this server has it, which has ended because this one lives. How it stands then.
   */
  async take(name: string, fromFormerSelf: boolean): Promise<LeaseRow | undefined> {
    const { id, name: ownName, process } = this.#self;
    await this.#client.query(
      `insert into commslog.lease as l (name, holder, holder_name, process, taken_at, expires_at)
       values ($1, $2, $3, $4, clock_timestamp(), clock_timestamp() + $5 * interval '1 ms')
       on conflict (name) do update set
         holder = excluded.holder, holder_name = excluded.holder_name, process = excluded.process,
         taken_at = excluded.taken_at, expires_at = excluded.expires_at, token = l.token + 1,
         offered_at = null, successor = null, successor_at = null
       where l.expires_at <= clock_timestamp() or (l.offered_at is not null and l.successor = excluded.process)
         or ($6 and l.holder = excluded.holder)`,
      [name, id, ownName, process, this.#timings.termMs, fromFormerSelf],
    );
    await this.#notify();
    return (await this.read([name])).get(name);
  }

  /** Says that this process makes itself ready for what is offered, if no other does. How it stands then. */
  async prepare(name: string): Promise<LeaseRow | undefined> {
    await this.#client.query(
      `update commslog.lease set successor = $2, successor_at = clock_timestamp()
       where name = $1 and offered_at is not null and (successor is null or successor = $2
         or successor_at <= clock_timestamp() - $3 * interval '1 ms')`,
      [name, this.#self.process, this.#timings.successorMs],
    );
    return (await this.read([name])).get(name);
  }

  /** Says that this process does not make itself ready any more: another may. How it stands then. */
  async stepBack(name: string): Promise<LeaseRow | undefined> {
    await this.#client.query(
      `update commslog.lease set successor = null, successor_at = null where name = $1 and successor = $2`,
      [name, this.#self.process],
    );
    await this.#notify();
    return (await this.read([name])).get(name);
  }

  async release(name: string): Promise<void> {
    const { rowCount } = await this.#client.query(
      `update commslog.lease set expires_at = '-infinity', offered_at = null, successor = null
       where name = $1 and process = $2`,
      [name, this.#self.process],
    );
    if (rowCount !== 0) await this.#notify();
  }

  async #notify(): Promise<void> {
    await this.#client.query(`notify ${LEASE_CHANNEL}`);
  }
}
