import { createPool } from '../../postgres.ts';
import { customerNumbersIn } from '../../projections/index.ts';
import type { Finding } from './finding.ts';

/** How many of the customers' numbers match no call, since nobody knows what they mean; names none of them. */
export async function customerFindings(url: string): Promise<readonly Finding[]> {
  const pool = createPool(url, { max: 1 });
  try {
    const { total, notUnderstood } = await customerNumbersIn(pool);
    if (total === 0) return [];
    const count = (n: number) => n.toLocaleString('en');
    if (notUnderstood === 0) return [{ level: 'ok', what: `all ${count(total)} customers' numbers are understood` }];
    return [
      {
        level: 'warn',
        what: `${count(notUnderstood)} of ${count(total)} customers' numbers are not understood, so they match no call`,
        advice: 'the page of the customers shows them: correct them where they come from, and send them again',
      },
    ];
  } catch {
    // what waits tells that there is no call log yet, or that it cannot be seen
    return [];
  } finally {
    await pool.end();
  }
}
