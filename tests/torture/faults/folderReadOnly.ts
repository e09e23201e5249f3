import { beginServe } from '../../support/program.ts';
import { remount } from '../../support/tmpfs.ts';
import type { Fault } from '../fault.ts';
import { onSmallDisk } from '../stages.ts';

export const folderReadOnly: Fault = {
  name: 'folder-read-only',
  stage: onSmallDisk,
  async run(scene) {
    await scene.end('SIGTERM');
    remount(scene.folder, 'ro');
    try {
      const refused = beginServe(scene.settings);
      const code = await refused.ended;
      if (code === 0 || !/DATA_DIR/.test(refused.stderr()))
        throw new Error(`it ended with ${code}: ${refused.stderr()}`);
    } finally {
      remount(scene.folder, 'rw');
    }
    await scene.start();
    await scene.isWell();
    await scene.hasGap('stopped');
    return '`serve` does not start, names DATA_DIR and ends with a code that is not 0; it starts when it may write again';
  },
};
