/**
 * `npm run hangup-path`: which files of `src` have a function that runs between the socket and the commit for one hangup,
 * by V8's precise coverage. Counted is what is called from the moment at which the last Hangup of a call is written to the
 * PBX's end of the socket until another connection to the database sees the call's row; a function that was waiting and
 * goes on counts by what it calls. Of many hangups, of calls of every kind, only what ran for each of them is told.
 */
import { readdirSync } from 'node:fs';
import { Session } from 'node:inspector';
import { basename } from 'node:path';
import pg from 'pg';
import { startCallLog } from '../bench/visible/callLog.ts';

const FRAMES_A_SECOND = 200;
/** so few that what came before the Hangup is a row, or a call in progress, when it comes */
const FRAMES_A_SECOND_COUNTED = 20;
const GIVE_UP_MS = 10_000;
/** what tsx calls to keep names */
const HELPER = '__name';
const src = new URL('../src/', import.meta.url).href;

const { pbx, url, close } = await startCallLog();
// a client of its own: the pool's would call what reads times
const watcher = new pg.Client(url);
await watcher.connect();
try {
  for (let call = 0; call < 2 * pbx.recordings; call += 1) await pbx.sendCall(FRAMES_A_SECOND, committed);
  const hangups: Map<string, string[]>[] = [];
  for (let call = 0; call < pbx.recordings; call += 1) {
    await pbx.sendCall(FRAMES_A_SECOND_COUNTED, async (linkedid) => {
      const calls = countCalls();
      await committed(linkedid);
      hangups.push(calls());
    });
  }
  print(ranForEach(hangups));
} finally {
  await watcher.end();
  await close();
}

async function committed(linkedid: string): Promise<void> {
  const until = performance.now() + GIVE_UP_MS;
  while (performance.now() < until) {
    const row = await watcher.query('select 1 from read_v1.crm_comms_log where ext_message_id = $1', [linkedid]);
    if (row.rowCount === 1) return;
  }
  throw new Error('a call never became a row');
}

/** Counts from now on; what it returns ends it and tells the functions that were called, by file from `src/` on. */
function countCalls(): () => Map<string, string[]> {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  return () => {
    const called = new Map<string, string[]>();
    session.post('Profiler.takePreciseCoverage', (error, coverage) => {
      if (error) throw error;
      for (const { url, functions } of coverage.result) {
        const ran = functions.filter(({ ranges }) => ranges.some(({ count }) => count > 0));
        const names = ran.map(({ functionName }) => functionName).filter((name) => name !== '' && name !== HELPER);
        if (url.startsWith(src) && ran.length > 0) called.set(url.slice(src.length), [...new Set(names)]);
      }
    });
    session.disconnect();
    return called;
  };
}

function ranForEach([first = new Map(), ...others]: readonly Map<string, string[]>[]): Map<string, string[]> {
  const inAll = [...first].filter(([file]) => others.every((other) => other.has(file)));
  return new Map(
    inAll.map(([file, names]) => [
      file,
      names.filter((name) => others.every((other) => other.get(file)?.includes(name))),
    ]),
  );
}

function print(files: ReadonlyMap<string, readonly string[]>): void {
  const roomOf = (file: string) => file.slice(0, Math.max(file.lastIndexOf('/'), 0));
  const paths = [...files.keys()].sort();
  for (const room of [...new Set(paths.map(roomOf))].sort()) {
    const inRoom = paths.filter((file) => roomOf(file) === room);
    console.log(`src/${room} (${inRoom.length})`);
    for (const file of inRoom) console.log(`  ${basename(file)}: ${files.get(file)?.join(', ')}`);
  }
  const all = readdirSync(new URL(src), { recursive: true, encoding: 'utf8' }).filter((file) => file.endsWith('.ts'));
  console.log(`${files.size} of ${all.length}`);
}
