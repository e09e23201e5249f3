import type { Counted } from '../../ports/rebuilds.ts';
import { inform, isWatched, redraw } from './print.ts';

/** A log file can hold that, too. */
const LINE_EVERY_MS = 1_000;

/**
 * Tells how far the count of what differs is, where it takes longer than a moment: a line in place of the one before while a
 * person looks, else one a second.
 */
export function countProgress(): (counted: Counted) => void {
  let last: number | null = null;
  return (counted) => {
    const { isWhole } = counted;
    if (isWhole && last === null) return;
    const line = `counting what differs: ${percent(counted)}`;
    const now = performance.now();
    if (isWatched()) redraw(line, { isLast: isWhole });
    else if (last === null || isWhole || now - last >= LINE_EVERY_MS) inform(line);
    else return;
    last = now;
  };
}

export function percent({ share }: Counted): string {
  return `${Math.floor(share * 100)} %`;
}
