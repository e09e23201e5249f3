import type pg from 'pg';
import pino from 'pino';
import { followLog, type ReadModelVersion } from '../../src/projections/index.ts';
import type { Machine } from './machine.ts';
import type { SimulatedLog } from './simulatedLog.ts';
import { simulatedPool } from './simulatedPool.ts';
import type { Process, World } from './world.ts';

export type ProjectingOptions = {
  readonly world: World;
  readonly machine: Machine;
  readonly log: SimulatedLog;
  readonly pool: pg.Pool;
  readonly version: ReadModelVersion;
};

/** One run of the projector, until it ends or is killed. */
export class Projecting {
  readonly process: Process;
  #position = 0n;
  #hasEnded = false;

  constructor({ world, machine, log, pool, version }: ProjectingOptions, nth: number) {
    this.process = world.spawn(`projector ${nth}`, machine);
    const follow = () =>
      followLog({
        version,
        pool: simulatedPool(pool, world),
        log,
        logger: pino({ level: 'silent' }),
        clock: machine,
        signal: new AbortController().signal,
        onProgress: (position) => {
          this.#position = position;
        },
      });
    world.run(this.process, () => {
      void follow().finally(() => {
        this.#hasEnded = true;
      });
    });
  }

  /** By itself: it cannot go on. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** Of what it has told. */
  get position(): bigint {
    return this.#position;
  }
}
