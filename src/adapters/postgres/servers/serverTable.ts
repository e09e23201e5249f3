import type pg from 'pg';
import { z } from 'zod';
import { CommslogError } from '../../../errors.ts';
import type { Clock } from '../../../ports/clock.ts';
import type { OwnServer, ServerReport, ServersSeen } from '../../../ports/servers.ts';
import { olderServes } from '../serveLock.ts';
import { reportSchema } from './reportSchema.ts';

/** Of more servers than this, those that were heard of last are told. */
const MAX_SERVERS = 64;
const MAX_LEASES = 1_000;
const MAX_REPORT_BYTES = 64 * 1024;
const FORGOTTEN_AFTER = '1 day';
/** A process that began later may have the same id, where a DATA_DIR was copied: as long as it tells of itself, it is the one. */
const OTHER_PROCESS_FOR = '10 seconds';

const serverSchema = z.object({
  id: z.string(),
  name: z.string(),
  program: z.string(),
  startedAt: z.string(),
  does: z.object({ pbxs: z.array(z.string()), projects: z.boolean() }),
  fingerprints: z.record(z.string(), z.string()),
  clockOffsetMs: z.number().nullable(),
  // that of another release may look otherwise
  report: reportSchema.nullable().catch(null),
  silentSeconds: z.number(),
});

const leaseSchema = z.object({ name: z.string(), holder: z.object({ id: z.string(), name: z.string() }).nullable() });

/** Where the servers on a database tell of themselves, and hear of each other. */
export class ServerTable {
  readonly #pool: Pick<pg.Pool, 'query'>;
  readonly #clock: Clock;
  #clockOffsetMs: number | null = null;

  constructor(pool: Pick<pg.Pool, 'query'>, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  /** Tells of this server, forgets those that were not heard of for a day, and hears of all that are left. */
  async meet(own: OwnServer, report: ServerReport): Promise<ServersSeen> {
    await this.#tell(own, report);
    return this.look();
  }

  /** Hears of all, and tells nothing. */
  async look(): Promise<ServersSeen> {
    const servers = await this.#pool.query(
      `select id, name, program, started_at as "startedAt", does, fingerprints, clock_offset_ms as "clockOffsetMs", report,
         extract(epoch from clock_timestamp() - seen_at)::float8 as "silentSeconds"
       from commslog.server order by seen_at desc limit $1`,
      [MAX_SERVERS],
    );
    const leases = await this.#pool.query(
      `select name, case when expires_at > clock_timestamp() then jsonb_build_object('id', holder, 'name', holder_name) end
         as holder
       from commslog.lease order by name limit $1`,
      [MAX_LEASES],
    );
    return {
      servers: z.array(serverSchema).parse(servers.rows),
      leases: z.array(leaseSchema).parse(leases.rows),
      olderServes: await olderServes(this.#pool),
    };
  }

  async #tell({ id, name, program, startedAt, does, fingerprints }: OwnServer, report: ServerReport): Promise<void> {
    const told = JSON.stringify(report);
    if (Buffer.byteLength(told) > MAX_REPORT_BYTES) throw new CommslogError('INTERNAL', 'a server cannot tell so much');
    const askedAt = this.#clock.now();
    const { rows } = await this.#pool.query<{ micros: bigint }>(
      `with forgotten as (delete from commslog.server where seen_at < clock_timestamp() - interval '${FORGOTTEN_AFTER}')
       insert into commslog.server (id, name, program, started_at, seen_at, does, fingerprints, clock_offset_ms, report)
       values ($1, $2, $3, $4, clock_timestamp(), $5, $6, $7, $8)
       on conflict (id) do update set name = excluded.name, program = excluded.program, started_at = excluded.started_at,
         seen_at = excluded.seen_at, does = excluded.does, fingerprints = excluded.fingerprints,
         clock_offset_ms = excluded.clock_offset_ms, report = excluded.report
       where excluded.started_at >= server.started_at
         or server.seen_at < clock_timestamp() - interval '${OTHER_PROCESS_FOR}'
       returning (extract(epoch from seen_at) * 1000000)::bigint as micros`,
      [id, name, program, startedAt, JSON.stringify(does), JSON.stringify(fingerprints), this.#clockOffsetMs, told],
    );
    const answeredAt = this.#clock.now();
    const micros = rows[0]?.micros;
    if (micros !== undefined) this.#clockOffsetMs = Math.round(((askedAt + answeredAt) / 2 - Number(micros)) / 1000);
  }
}
