import type pg from 'pg';
import type { Logger } from 'pino';
import { z } from 'zod';
import { originationSchema } from '../../../domain/dialling/origination.ts';
import { dialStates, refusalReasons } from '../../../domain/dialling/outcome.ts';
import type { DialRequest, DialRequests, DialSeen } from '../../../ports/dialling.ts';
import { createWakeUp } from '../../../postgresWakeUp.ts';

const CHANNEL = 'commslog_dial';
/** Who has taken a request and says nothing for so long was ended in the midst of it. */
const SILENT_AFTER = '30 seconds';
/** The own phone rings for two minutes at most; what is told later is told by nobody. */
const LOST_AFTER = '150 seconds';
const FORGOTTEN_AFTER = '1 day';

const seenSchema = z.object({
  id: z.string(),
  pbx: z.string(),
  askedBy: z.string(),
  extension: z.string(),
  channelId: z.string(),
  state: z.enum(dialStates),
  reason: z.enum(refusalReasons).nullable(),
  seconds: z.number(),
});

const takenSchema = z.object({
  id: z.string(),
  pbx: z.string(),
  askedBy: z.string(),
  extension: z.string(),
  origination: originationSchema,
});

const SEEN = `id, pbx, asked_by as "askedBy", extension, channel_id as "channelId", state, reason,
  extract(epoch from clock_timestamp() - changed_at)::float8 as seconds`;
const SETTLED = `('answered', 'refused', 'unknown', 'not_taken')`;

/** Calls that somebody wants to be begun, in `commslog.dial_request`. */
export class DialTable implements DialRequests {
  readonly #pool: Pick<pg.Pool, 'query'>;
  readonly #wakeUp: ReturnType<typeof createWakeUp>;

  constructor(pool: Pick<pg.Pool, 'query'>, { url, logger }: { readonly url: string; readonly logger: Logger }) {
    this.#pool = pool;
    this.#wakeUp = createWakeUp(url, CHANNEL, logger);
  }

  async add({ id, pbx, askedBy, extension, origination }: DialRequest, takeWithinMs: number): Promise<void> {
    await this.#pool.query(
      `with forgotten as (delete from commslog.dial_request where asked_at < clock_timestamp() - interval '${FORGOTTEN_AFTER}')
       insert into commslog.dial_request (id, pbx, asked_by, extension, channel_id, origination, take_by)
       values ($1, $2, $3, $4, $5, $6, clock_timestamp() + make_interval(secs => $7))`,
      [id, pbx, askedBy, extension, origination.channelId, JSON.stringify(origination), takeWithinMs / 1_000],
    );
    await this.#tell();
  }

  async look(id: string): Promise<DialSeen | null> {
    await this.#giveUpSilent(id);
    const { rows } = await this.#pool.query(`select ${SEEN} from commslog.dial_request where id = $1`, [id]);
    return rows[0] === undefined ? null : seenSchema.parse(rows[0]);
  }

  async take(pbxs: readonly string[]): Promise<DialRequest | null> {
    const { rows } = await this.#pool.query(
      `update commslog.dial_request set state = 'taken', changed_at = clock_timestamp()
       where id = (
         select id from commslog.dial_request
         where state = 'asked' and pbx = any($1) and take_by > clock_timestamp()
         order by asked_at limit 1 for update skip locked
       )
       returning id, pbx, asked_by as "askedBy", extension, origination`,
      [pbxs],
    );
    return rows[0] === undefined ? null : takenSchema.parse(rows[0]);
  }

  async settle(id: string, from: readonly string[], { state, reason }: Parameters<DialRequests['settle']>[2]) {
    const { rowCount } = await this.#pool.query(
      `update commslog.dial_request set state = $3, reason = $4, changed_at = clock_timestamp(),
         origination = case when $3 in ${SETTLED} then null else origination end
       where id = $1 and state = any($2)`,
      [id, from, state, reason ?? null],
    );
    if (rowCount === 0) return false;
    await this.#tell();
    return true;
  }

  armed(): number {
    return this.#wakeUp.armed();
  }

  next(armed: number, signal: AbortSignal): Promise<void> {
    return this.#wakeUp.next(armed, signal);
  }

  close(): Promise<void> {
    return this.#wakeUp.close();
  }

  /** What its server never told the end of: nobody knows it. */
  async #giveUpSilent(id: string): Promise<void> {
    await this.#pool.query(
      `update commslog.dial_request set state = 'unknown', origination = null, changed_at = clock_timestamp()
       where id = $1 and (
         state = 'taken' and changed_at < clock_timestamp() - interval '${SILENT_AFTER}'
         or state = 'ringing' and changed_at < clock_timestamp() - interval '${LOST_AFTER}')`,
      [id],
    );
  }

  async #tell(): Promise<void> {
    await this.#pool.query(`notify ${CHANNEL}`);
  }
}
