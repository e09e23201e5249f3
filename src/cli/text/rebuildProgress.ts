import type { BuildPhase, Rebuild } from '../../ports/rebuilds.ts';
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
  const { position, head, eventsPerSecond, secondsLeft, phase } = progress;
  return {
    version,
    state,
    position: `${position}`,
    head: `${head}`,
    events_per_second: eventsPerSecond,
    seconds_left: secondsLeft,
    phase,
  };
}

function inWords({ version, state, progress, rows }: Rebuild): string {
  if (state !== 'building') return `version ${version} is ${state}: ${rows.toLocaleString('en')} rows`;
  if (progress === null) return `version ${version} waits to be built`;
  const { position, head, eventsPerSecond, secondsLeft, phase } = progress;
  const share = head === 0n ? 1 : Math.min(Number(position) / Number(head), 1);
  const full = Math.round(share * BAR_WIDTH);
  const left = secondsLeft === null ? '' : `  ${minutes(secondsLeft)} left`;
  const bar = '█'.repeat(full) + '░'.repeat(BAR_WIDTH - full);
  return `version ${version} ${bar} ${Math.floor(share * 100)} %  ${PHASES[phase](eventsPerSecond)}${left}`;
}

const PHASES: Readonly<Record<BuildPhase, (eventsPerSecond: number) => string>> = {
  copying: () => 'copying the calls of another version',
  reading: (eventsPerSecond) => `${eventsPerSecond.toLocaleString('en')} events/s`,
  indexing: () => 'making what readers need',
};

function minutes(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
