import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Fault } from '../fault.ts';
import { onSmallDisk } from '../stages.ts';

export const diskFull: Fault = {
  name: 'disk-full',
  stage: onSmallDisk,
  async run(scene) {
    const ballast = join(scene.folder, 'ballast');
    fill(ballast);
    try {
      await scene.isSeen(/ENOSPC|the embedded PostgreSQL was ended/);
    } finally {
      rmSync(ballast, { force: true });
    }
    return '`/readyz` says that the disk takes nothing; the PBX is not read before it does; nothing that was read is lost';
  },
};

/** Takes all that is left, also what is given back meanwhile. */
function fill(file: string): void {
  const { bavail, bsize } = statfsSync(join(file, '..'));
  try {
    writeFileSync(file, Buffer.alloc(bavail * bsize));
  } catch {
    // what it could not have somebody else has taken
  }
}
