import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, readlinkSync } from 'node:fs';

/** What the system itself tells of a process, not what the process calls itself. */
export type RunningProcess = {
  /** path of its executable */
  readonly program: string;
  /** the folder that it is in, or of which its command line says that it is its data */
  readonly folder: string;
  /** in seconds since 1970 */
  readonly startedAt: number;
};

/** In the files of proc(5) times are in these, whatever the kernel counts in. */
const TICKS_PER_SECOND = 100;
/** Of the fields of /proc/PID/stat that follow the program's name. */
const START_TIME = 19;

/** Null: there is no such process, or it is another user's, of which nothing is told. */
export function runningProcess(pid: number): RunningProcess | null {
  return existsSync('/proc/self/stat') ? ofProc(pid) : ofPs(pid);
}

function ofProc(pid: number): RunningProcess | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // the name stands in brackets, and may hold any
    const ticks = Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[START_TIME]);
    const bootedAt = Number(/^btime (\d+)$/m.exec(readFileSync('/proc/stat', 'latin1'))?.[1]);
    // of a program that was replaced by an upgrade meanwhile
    const program = readlinkSync(`/proc/${pid}/exe`).replace(/ \(deleted\)$/, '');
    return { program, folder: readlinkSync(`/proc/${pid}/cwd`), startedAt: bootedAt + ticks / TICKS_PER_SECOND };
  } catch {
    return null;
  }
}

/** Of macOS, where a command line is what can be asked for: `Sun Nov 29 01:49:52 2026 /…/postgres -D /…/data/postgres -c …`. */
function ofPs(pid: number): RunningProcess | null {
  try {
    const env = { PATH: process.env.PATH ?? '', LC_ALL: 'C', TZ: 'UTC' };
    const said = execFileSync('ps', ['-ww', '-o', 'lstart=,command=', '-p', `${pid}`], { encoding: 'utf8', env });
    const [, startedAt = '', program = '', folder = ''] = /^(.{24}) +(.+?) -D (.+?) -c /.exec(said.trim()) ?? [];
    return { program, folder, startedAt: Date.parse(`${startedAt} UTC`) / 1000 };
  } catch {
    return null;
  }
}
