import type { InVersion, Page, ParkedEvent } from '../../ports/readModel.ts';
import { inform, print } from '../text/print.ts';
import { onLog } from './logCommand.ts';

const PAGE = 500;

/** `commslog parked`: the events that could not be projected, and why. */
export async function parked(): Promise<void> {
  await onLog(async ({ readModel }) => {
    let [after, count]: [InVersion<bigint> | null, number] = [null, 0];
    do {
      const page: Page<ParkedEvent, InVersion<bigint>> = await readModel.parked(after, PAGE);
      for (const event of page.items) print(lineOf(event));
      count += page.items.length;
      after = page.next;
    } while (after !== null);
    inform(
      count === 0
        ? 'no event is parked'
        : `${count} parked; what this program can read, \`commslog parked retry\` puts right`,
    );
  });
}

export function lineOf({ position, stream, revision, type, error, parkedAt }: ParkedEvent): string {
  return `${position}  ${parkedAt.slice(0, 19)}Z  ${stream} ${revision}  ${type}  ${error}`;
}
