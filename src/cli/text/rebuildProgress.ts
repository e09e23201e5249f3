import type { Rebuild } from '../../ports/rebuilds.ts';
import { isWatched, print, redraw } from './print.ts';

const BAR_WIDTH = 30;

/** How a build goes on: as a bar where a person looks, else a JSON line for each change. */
export function progressReporter(): (rebuild: Rebuild) => void {
  let last = '';
  return (rebuild) => {
    const text = isWatched() ? bar(rebuild) : JSON.stringify(lineOf(rebuild));
    if (text === last) return;
    last = text;
    if (isWatched()) redraw(text, { isLast: rebuild.state !== 'building' });
    else print(text);
  };
}

function lineOf({ version, state, progress }: Rebuild): object {
  if (progress === null) return { version, state };
  const { position, head, eventsPerSecond, secondsLeft } = progress;
  return {
    version,
    state,
    position: `${position}`,
    head: `${head}`,
    events_per_second: eventsPerSecond,
    seconds_left: secondsLeft,
  };
}

function bar({ version, state, progress, rows }: Rebuild): string {
  if (state !== 'building') return `version ${version} is ${state}: ${rows.toLocaleString('en')} rows`;
  if (progress === null) return `version ${version} waits to be built`;
  const { position, head, eventsPerSecond, secondsLeft } = progress;
  const share = head === 0n ? 1 : Math.min(Number(position) / Number(head), 1);
  const full = Math.round(share * BAR_WIDTH);
  const left = `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`;
  return `version ${version} ${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${Math.floor(share * 100)} %  ${eventsPerSecond.toLocaleString('en')} events/s  ${left} left`;
}
