import type { Micros } from '../../../domain/time.ts';
import { systemClock } from '../../../ports/clock.ts';
import type { Frame, PbxSource, SourceItem } from '../../../ports/pbxSource.ts';
import { sourceOfPast } from '../replay/pastSource.ts';
import { Framer } from '../wire/framing.ts';
import { ActedPbx } from './actedPbx.ts';
import type { Scene } from './scene.ts';
import type { SaidFrame } from './stage.ts';

export type ActedPast = {
  readonly pbx: string;
  /** in the order of their beginning */
  readonly scenes: readonly Scene[];
  /** what was said until then is left out, because it was told before; null: nothing was */
  readonly toldUntil: Micros | null;
  /** is told under which Linkedid each call begins, also of those that were told before */
  readonly onBegun?: (scene: Scene, linkedid: string) => void;
};

/**
 * Calls of the past as if the PBX had been heard from the first of them until now. The same scenes give the same frames, so
 * that a source that was ended in the middle can be gone on with.
 */
export function actedSource(past: ActedPast): PbxSource {
  return sourceOfPast(past.pbx, (signal) => items(past, signal));
}

async function* items({ scenes, toldUntil, onBegun }: ActedPast, signal: AbortSignal): AsyncGenerator<SourceItem> {
  const [first] = scenes;
  if (first === undefined) return;
  let frames: Frame[] = [];
  const framer = new Framer({ onBanner: () => {}, onResponse: () => {}, onFrame: (frame) => frames.push(frame) });
  yield { kind: 'connected', at: toldUntil ?? first.startsAt, amiVersion: null, clockOffsetMs: null };
  for (const said of inOrder(scenes, onBegun)) {
    if (signal.aborted) return;
    const fresh = toldUntil === null ? said : said.filter(({ at }) => at > toldUntil);
    const at = fresh.at(-1)?.at;
    if (at === undefined) continue;
    framer.push(Buffer.from(fresh.map(({ text }) => text).join('')));
    yield { kind: 'frames', at, saidAfter: null, frames };
    frames = [];
  }
  const until = systemClock.now();
  yield { kind: 'disconnected', at: until, lastHeardAt: until, reason: 'STOPPED', pbxWentDown: false };
}

function* inOrder(scenes: readonly Scene[], onBegun: ActedPast['onBegun']): Generator<readonly SaidFrame[]> {
  const pbx = new ActedPbx(onBegun);
  for (const scene of scenes) {
    for (let at = pbx.nextAt(); at !== null && at < scene.startsAt; at = pbx.nextAt()) yield pbx.goOn();
    pbx.begin(scene);
  }
  while (pbx.nextAt() !== null) yield pbx.goOn();
}
