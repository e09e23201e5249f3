/** What a channel was dialled by: `Dial`'s target without its technology. */

/** A number sent through a trunk; null: the phone itself was dialled, by its name. */
export type Dialled = { readonly number: string | null };

const NUMBER = /^[0-9*#+]{2,}$/;

/**
 * `6945556678@provider` and `provider/6945556678` send a number through a trunk, `101/sip:101@…` and `101` call a phone.
 * Null: the target is another's. The channel of a line group (`g0/6945556678`) is named after the line, so only a lone
 * target can be its own.
 */
export function readTarget(target: string, endpoint: string, isLone: boolean): Dialled | null {
  const [first = '', ...rest] = target.split('/');
  const [number = '', through] = first.split('@');
  if (through === endpoint && NUMBER.test(number)) return { number };
  const sent = rest.find((part) => NUMBER.test(part) && part !== endpoint) ?? null;
  if (first !== endpoint) return isLone && sent !== null ? { number: sent } : null;
  return { number: sent };
}
