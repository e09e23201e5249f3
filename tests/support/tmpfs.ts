import { spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Runs `work` with a folder that is a small file system of its own. `options` are those of `mount -t tmpfs`. */
export async function onTmpfs<T>(options: string, work: (folder: string) => Promise<T> | T): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-tmpfs-'));
  chmodSync(folder, 0o711);
  try {
    if (!mount(folder, options)) throw new Error('tmpfs cannot be mounted: ask `canMount` first');
    return await work(folder);
  } finally {
    spawnSync('umount', ['--lazy', folder]);
    rmSync(folder, { recursive: true });
  }
}

/** Root alone may, and not in every container. */
export function canMount(): boolean {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-tmpfs-'));
  const mounts = mount(folder, 'size=1m');
  if (mounts) spawnSync('umount', ['--lazy', folder]);
  rmSync(folder, { recursive: true });
  return mounts;
}

/** Gives the file system of `onTmpfs` other options: more room, say. */
export function remount(folder: string, options: string): void {
  mount(folder, `remount,${options}`);
}

function mount(folder: string, options: string): boolean {
  return spawnSync('mount', ['-t', 'tmpfs', '-o', options, 'tmpfs', folder]).status === 0;
}
