import { chmodSync, existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeEventStoreDb } from '../support/fakeEventStoreDb/index.ts';
import { canMount, onTmpfs } from '../support/tmpfs.ts';
import type { Stage } from './fault.ts';
import { Network } from './network.ts';

/** Room for a new PostgreSQL and a journal, so that it is filled at once. */
const SMALL_DISK = 'size=400m,mode=0711';

/** A DATA_DIR on a file system of its own. */
export const onSmallDisk: Stage = async (work) => {
  if (!canMount()) return { skipped: 'only root may mount a file system, and not in every container' };
  await onTmpfs(SMALL_DISK, (folder) => work({ folder }));
  return null;
};

/** The log in EventStoreDB, a real one where EVENTSTORE_TEST_URL says so, behind a network that can be cut. */
export const onEventStore: Stage = async (work) => {
  const { EVENTSTORE_TEST_URL } = process.env;
  const fake = EVENTSTORE_TEST_URL === undefined ? await startFakeEventStoreDb() : null;
  const port = fake?.port ?? Number(new URL(EVENTSTORE_TEST_URL ?? '').port);
  const network = new Network(() => port);
  await network.up();
  networkNow = network;
  try {
    await inFolder((folder) =>
      work({ folder, settings: { EVENTSTORE_URL: `esdb://127.0.0.1:${network.port}?tls=false` } }),
    );
  } finally {
    await network.down();
    fake?.stop();
  }
  return null;
};

let networkNow: Network | null = null;

/** What lies between `serve` and the event store of this stage. */
export function eventStoreNetwork(): Network {
  if (networkNow === null) throw new Error('there is no event store');
  return networkNow;
}

const LIBFAKETIME = '/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1';

/** A clock of the program's own (Debian's `libfaketime`); what measures durations goes on as ever. */
export const withFakedClock: Stage = async (work) => {
  if (!existsSync(LIBFAKETIME)) return { skipped: 'there is no libfaketime (Debian: apt-get install libfaketime)' };
  await inFolder(async (folder) => {
    writeFileSync(clockFile(folder), '+0s');
    chmodSync(clockFile(folder), 0o644);
    const settings = {
      LD_PRELOAD: LIBFAKETIME,
      FAKETIME_TIMESTAMP_FILE: clockFile(folder),
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1',
    };
    await work({ folder, settings });
  });
  return null;
};

/** By how much the clock is wrong stands here. */
export function clockFile(folder: string): string {
  return join(folder, 'clock');
}

/** A DATA_DIR like any other. */
export const usual: Stage = async (work) => {
  await inFolder((folder) => work({ folder }));
  return null;
};

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'commslog-torture-'));
  chmodSync(folder, 0o711);
  try {
    await work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
