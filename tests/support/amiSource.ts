import type { Logger } from 'pino';
import { liveSource } from '../../src/adapters/ami/session/liveSource.ts';
import type { Timings } from '../../src/adapters/ami/session/timings.ts';
import type { ErrorCode } from '../../src/errors.ts';
import { systemClock } from '../../src/ports/clock.ts';
import type { PbxSource, SourceItem } from '../../src/ports/pbxSource.ts';
import { SECRET } from './fakePbx.ts';
import { logLines } from './logLines.ts';

/** Short times, so that no test waits for what a real connection waits for. */
export const QUICK: Partial<Timings> = {
  connectMs: 2_000,
  answerMs: 2_000,
  reconnectMinMs: 5,
  reconnectMaxMs: 20,
  refusedMinMs: 30,
  refusedMaxMs: 60,
};

export type SourceOptions = {
  readonly timings?: Partial<Timings>;
  readonly pbx?: string;
  readonly logger?: Logger;
  readonly secret?: string;
  readonly login?: 'md5' | 'plain';
  readonly tls?: { readonly ca?: string; readonly servername?: string };
  readonly onBytes?: (bytes: Buffer) => void;
};

/** A live source that logs in as the fake PBX expects it. */
export function sourceOf(pbx: { host: string; port: number }, options: SourceOptions = {}): PbxSource {
  const { pbx: id = 'main', timings, secret = SECRET, logger = logLines().logger, ...rest } = options;
  return liveSource({
    pbx: id,
    host: pbx.host,
    port: pbx.port,
    username: 'crm',
    secret,
    clock: systemClock,
    logger,
    timings: { ...QUICK, ...timings },
    ...rest,
  });
}

/** Pulls items until `isEnough`, then stops the source; returns all of them, also those that came with the stop. */
export async function itemsUntil(
  source: PbxSource,
  isEnough: (items: readonly SourceItem[]) => boolean,
): Promise<SourceItem[]> {
  const stop = new AbortController();
  const items: SourceItem[] = [];
  for await (const item of source.items(stop.signal)) {
    items.push(item);
    if (isEnough(items)) stop.abort();
  }
  return items;
}

/** Runs the source until its state shows this error, and stops it. */
export async function untilError(source: PbxSource, code: ErrorCode): Promise<SourceItem[]> {
  const stop = new AbortController();
  const items: SourceItem[] = [];
  const watch = setInterval(() => source.state().lastError === code && stop.abort(), 2);
  try {
    for await (const item of source.items(stop.signal)) items.push(item);
  } finally {
    clearInterval(watch);
  }
  return items;
}

/** The end of the only connection in these items. */
export function endOf(items: readonly SourceItem[]): Extract<SourceItem, { kind: 'disconnected' }> {
  const item = items.find(({ kind }) => kind === 'disconnected');
  if (item?.kind !== 'disconnected') throw new Error('no disconnect');
  return item;
}

/** The names of the events in these items, in order. */
export function eventsOf(items: readonly SourceItem[]): string[] {
  return items.flatMap((item) => (item.kind === 'frames' ? item.frames.map(({ event }) => event) : []));
}
