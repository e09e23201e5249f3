import type { Rebuild } from '../../ports/rebuilds.ts';
import { inform, isWatched, print, redraw } from './print.ts';

const BAR_WIDTH = 30;
/** Of a build that goes on; a log file can hold that, too. */
const LINE_EVERY_MS = 1_000;

type Report = (rebuild: Rebuild) => void;

/** How a build goes on, in words: as a bar where a person looks, else a line when its state changes and one a second. */
export function progressInWords(): Report {
  return isWatched() ? onChange(inWords, (line, { state }) => redraw(line, { isLast: state !== 'building' })) : lines();
}

/** How a build goes on, as a line of JSON for each change. */
export function progressAsJson(): Report {
  return onChange(
    (rebuild) => JSON.stringify(shown(rebuild)),
    (line) => print(line),
  );
}

function lines(): Report {
  let last: { state: string; at: number } | null = null;
  return onChange(inWords, (line, { state }) => {
    const now = performance.now();
    if (last?.state === state && now - last.at < LINE_EVERY_MS) return;
    last = { state, at: now };
    inform(line);
  });
}

function onChange(lineOf: (rebuild: Rebuild) => string, write: (line: string, rebuild: Rebuild) => void): Report {
  let last = '';
  return (rebuild) => {
    const line = lineOf(rebuild);
    if (line === last) return;
    last = line;
    write(line, rebuild);
  };
}

function shown({ version, state, progress }: Rebuild): object {
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

function inWords({ version, state, progress, rows }: Rebuild): string {
  if (state !== 'building') return `version ${version} is ${state}: ${rows.toLocaleString('en')} rows`;
  if (progress === null) return `version ${version} waits to be built`;
  const { position, head, eventsPerSecond, secondsLeft } = progress;
  const share = head === 0n ? 1 : Math.min(Number(position) / Number(head), 1);
  const full = Math.round(share * BAR_WIDTH);
  const left = `${Math.floor(secondsLeft / 60)}:${String(secondsLeft % 60).padStart(2, '0')}`;
  return `version ${version} ${'█'.repeat(full)}${'░'.repeat(BAR_WIDTH - full)} ${Math.floor(share * 100)} %  ${eventsPerSecond.toLocaleString('en')} events/s  ${left} left`;
}
