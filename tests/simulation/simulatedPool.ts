import type pg from 'pg';
import { outside, simulated, type World } from './world.ts';

const LOSES_CONNECTION = 0.005;

/**
 * A real pool whose statements take their turn in a simulated world. A connection may be lost before a statement or after
 * it, a commit too; that of a process that dies is rolled back.
 */
export function simulatedPool(pool: pg.Pool, world: World): pg.Pool {
  const connect = async () => {
    const process = simulated()?.process;
    const client = await world.call('a connection to the database', () => pool.connect(), { isRemote: true });
    const isLost = { yet: false };
    const die = () => client.query('rollback').then(() => client.release(true));
    process?.onDeath.add(die);
    const query = (text: string, values?: unknown[]) =>
      world.call(
        'a statement',
        async () => {
          if (isLost.yet) throw lost();
          const fate = world.fails(LOSES_CONNECTION) ? world.random.pick(['before', 'after']) : 'works';
          isLost.yet = fate !== 'works';
          const result = fate === 'before' ? null : await client.query(text, values);
          if (result === null || isLost.yet) {
            await client.query('rollback');
            throw lost();
          }
          return result;
        },
        {
          isRemote: true,
          abandon: async () => {
            if (!isLost.yet && world.random.chance(0.5)) await client.query(text, values);
          },
        },
      );
    const release = () => {
      process?.onDeath.delete(die);
      outside(() => client.release(isLost.yet));
    };
    const own: Record<string | symbol, unknown> = { query, release };
    return new Proxy(client, {
      get: (target, name) => own[name] ?? bound(target, name),
    });
  };
  return new Proxy(pool, { get: (target, name) => (name === 'connect' ? connect : bound(target, name)) });
}

function bound(target: object, name: string | symbol): unknown {
  const value: unknown = Reflect.get(target, name, target);
  return typeof value === 'function' ? value.bind(target) : value;
}

/** In the words of the driver. */
function lost(): Error {
  return new Error('Connection terminated unexpectedly');
}
