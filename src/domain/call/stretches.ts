/** Stretches of time, in order and none over another, and what is laid over what. */

import type { Stretch } from '../entry.ts';
import type { Micros } from '../time.ts';

/** `from` null: it had begun before anybody listened; `to` null: it was not heard to end. */
export type TimedStretch = Pick<Stretch, 'what' | 'with'> & {
  readonly from: Micros | null;
  readonly to: Micros | null;
};

/** Layers of stretches, the uppermost first: each shows where none above it is. Within a layer what came first stays. */
export function layered(layers: readonly (readonly TimedStretch[])[]): TimedStretch[] {
  return joined(layers.reduce<readonly TimedStretch[]>((above, layer) => over(above, inTurn(layer)), []));
}

/** Without what lies outside, in order. */
export function within(
  stretches: readonly TimedStretch[],
  { from, to }: Pick<TimedStretch, 'from' | 'to'>,
): TimedStretch[] {
  return stretches.flatMap((one) => part(one, Math.max(begin(one), begin({ from })), Math.min(end(one), end({ to }))));
}

/** The parts of `whole` in which none of the `parts` is. */
export function without(whole: TimedStretch, parts: readonly TimedStretch[]): TimedStretch[] {
  return uncovered([whole], inTurn(parts));
}

/** The parts of `whole` in which one of the `parts` is, as these. */
export function during(whole: TimedStretch, parts: readonly TimedStretch[]): TimedStretch[] {
  return within(inTurn(parts), whole);
}

function begin({ from }: Pick<TimedStretch, 'from'>): number {
  return from ?? Number.NEGATIVE_INFINITY;
}

function end({ to }: Pick<TimedStretch, 'to'>): number {
  return to ?? Number.POSITIVE_INFINITY;
}

/** None where nothing is left. */
function part(one: TimedStretch, from: number, to: number): TimedStretch[] {
  return to > from ? [{ ...one, from: moment(from), to: moment(to) }] : [];
}

function moment(time: number): Micros | null {
  return Number.isFinite(time) ? (time as Micros) : null;
}

/** What comes while another one lasts has the rest. */
function inTurn(stretches: readonly TimedStretch[]): TimedStretch[] {
  const taken: TimedStretch[] = [];
  let until = Number.NEGATIVE_INFINITY;
  for (const one of [...stretches].sort(byBegin)) {
    const [rest] = part(one, Math.max(begin(one), until), end(one));
    if (!rest) continue;
    taken.push(rest);
    until = end(rest);
  }
  return taken;
}

/** Both in turn. */
function over(above: readonly TimedStretch[], below: readonly TimedStretch[]): TimedStretch[] {
  return [...above, ...uncovered(below, above)].sort(byBegin);
}

/** Both in turn. */
function uncovered(below: readonly TimedStretch[], above: readonly TimedStretch[]): TimedStretch[] {
  const left: TimedStretch[] = [];
  let next = 0;
  for (const one of below) {
    let from = begin(one);
    while (next < above.length && end(above[next] ?? one) <= from) next += 1;
    for (let nth = next; nth < above.length; nth += 1) {
      const cover = above[nth];
      if (cover === undefined || begin(cover) >= end(one)) break;
      left.push(...part(one, from, begin(cover)));
      from = Math.max(from, end(cover));
    }
    left.push(...part(one, from, end(one)));
  }
  return left;
}

/** What goes on as the same is one. */
function joined(stretches: readonly TimedStretch[]): TimedStretch[] {
  const all: TimedStretch[] = [];
  for (const one of stretches) {
    const last = all.at(-1);
    const isSame = last?.what === one.what && last.with === one.with && last.to !== null && last.to === one.from;
    if (isSame) all[all.length - 1] = { ...last, to: one.to };
    else all.push(one);
  }
  return all;
}

function byBegin(a: TimedStretch, b: TimedStretch): number {
  return begin(a) < begin(b) ? -1 : begin(a) > begin(b) ? 1 : 0;
}
