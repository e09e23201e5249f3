import type { Logger } from 'pino';
import { nameOf, policyOf } from '../../errorPolicy.ts';
import type { Projection } from './projection.ts';
import { Rests } from './rests.ts';

/**
 * What waits in a version behind what is live: numbers whose calls are to be matched again, and groups that are to be folded.
 * Both are done in pages, in turn. A call that is dear to fold rests after it in proportion to what it took. One that
 * cannot be folded keeps nobody waiting: it stands as it was folded last, waits on, and is tried again.
 */
export class BehindLive {
  readonly #projection: Projection;
  readonly #about: { readonly version: number; readonly logger: Logger };
  readonly #now: () => number;
  readonly #rests = new Rests();
  #isFoldingsTurn = false;
  /** pages that are of one group, since one of so many cannot be folded */
  #oneByOne = 0;

  constructor(
    projection: Projection,
    about: { readonly version: number; readonly logger: Logger },
    now = () => performance.now(),
  ) {
    this.#projection = projection;
    this.#about = about;
    this.#now = now;
  }

  /**
   * Does a page. In how many milliseconds there may be more to do; null: nothing waits. Errors: those of the database and the log,
   * `FENCED` when another projector was faster.
   */
  async doSome(): Promise<number | null> {
    this.#isFoldingsTurn = !this.#isFoldingsTurn;
    const has = this.#isFoldingsTurn
      ? (await this.#fold()) || (await this.#projection.rematchSome())
      : (await this.#projection.rematchSome()) || (await this.#fold());
    return has ? 0 : this.#rests.left(this.#now());
  }

  /** Whether there were some. */
  async #fold(): Promise<boolean> {
    let tried: readonly bigint[] = [];
    const began = this.#now();
    if (this.#rests.end(began)) this.#projection.lookAgain();
    try {
      const folded = await this.#projection.foldSome({
        resting: this.#rests.resting,
        most: this.#oneByOne > 0 ? 1 : undefined,
        onPage: (ids) => {
          tried = ids;
        },
      });
      this.#oneByOne = Math.max(0, this.#oneByOne - 1);
      const ended = this.#now();
      for (const { id, isDear } of folded) if (isDear) this.#rests.folded(id, ended - began, ended);
    } catch (error) {
      this.#failed(tried, error);
    }
    return tried.length > 0;
  }

  #failed(tried: readonly bigint[], error: unknown): void {
    const [first] = tried;
    this.#oneByOne = tried.length > 1 ? tried.length : Math.max(0, this.#oneByOne - 1);
    if (first !== undefined && tried.length === 1) this.#rests.failed(first, this.#now());
    if (first === undefined || policyOf(error) === 'later' || policyOf(error) === 'person') throw error;
    const { version, logger } = this.#about;
    if (tried.length === 1)
      logger.error({ version, error: nameOf(error), group: `${first}` }, 'a call cannot be folded');
  }
}
