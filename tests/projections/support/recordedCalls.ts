import { fileURLToPath } from 'node:url';
import { pastSource } from '../../../src/adapters/ami/index.ts';
import { streamOf } from '../../../src/domain/events.ts';
import { type Micros, toRfc3339 } from '../../../src/domain/time.ts';
import { CallRouting, pbxFactOf } from '../../../src/listening/index.ts';
import { createTranslator } from '../../../src/listening/translation.ts';
import { systemEvent, type Told } from './events.ts';

const CALL_EVERY_SECONDS = 600;
const FIRST_AT = 1_795_000_000_000_000;

/** Recordings that every checkout has. */
export function demoRecording(name: string): string {
  return fileURLToPath(new URL(`../../../demo/${name}.txt`, import.meta.url));
}

/**
 * What one session of a PBX says: the recordings as calls of their own, one every ten minutes, between the connection's
 * begin and its end. `session` is the revision of its PbxConnected.
 */
export async function sessionOf(
  pbx: string,
  session: number,
  recordings: readonly string[],
  from: Micros = FIRST_AT as Micros,
): Promise<Told[]> {
  const calls = recordings.map((recording, at) => ({
    recording,
    startsAt: (from + at * CALL_EVERY_SECONDS * 1_000_000) as Micros,
  }));
  const translator = createTranslator(new CallRouting());
  const told: Told[] = [];
  for await (const item of pastSource({ pbx, calls }).items(new AbortController().signal)) {
    if (item.kind === 'frames') {
      for (const heard of translator.translate(item.frames)) {
        const by = { pbx, session, app: 'test', receivedAt: item.at, saidAfter: item.saidAfter, now: from };
        const { stream, ...event } = pbxFactOf(heard, by);
        told.push({ stream, event });
      }
    } else if (item.kind === 'connected') {
      const at = item.at ?? from;
      const data = { at: toRfc3339(at), ami_version: item.amiVersion, clock_offset_ms: item.clockOffsetMs };
      told.push({ stream: streamOf.pbx(pbx), event: systemEvent('PbxConnected', data, at) });
    } else if (item.kind === 'disconnected') {
      const at = item.at ?? from;
      const data = {
        session,
        at: toRfc3339(at),
        last_heard_at: toRfc3339(item.lastHeardAt ?? at),
        reason: item.reason,
        pbx_went_down: item.pbxWentDown,
      };
      told.push({ stream: streamOf.pbx(pbx), event: systemEvent('PbxDisconnected', data, at) });
    }
  }
  return told;
}

/** A fact of session 0 that shows the first channel of one call under the Linkedid of another: they are folded together. */
export function joining(older: string, newer: string, seq: number, at: Micros): Told {
  const fields = [
    ['Event', 'NewConnectedLine'],
    ['Uniqueid', newer],
    ['Linkedid', older],
  ];
  const event = systemEvent('ConnectedLineChanged', { fields }, at);
  const metadata = { ...event.metadata, pbx: 'pbx', session: 0, seq, received_at: null };
  return { stream: streamOf.call('pbx', older), event: { ...event, metadata } };
}

/**
 * An inbound call, an outbound one while it lasts, and a fact by which the phone of the second came into the first: with it they
 * are one.
 */
export async function twoThatMayBeOne() {
  const both = await sessionOf('pbx', 0, ['inbound-answered', 'outbound-answered'].map(demoRecording));
  const heard = both.filter(({ event }) => typeof event.metadata.seq === 'number');
  const opened = heard.filter(({ event }) => event.type === 'ChannelOpened');
  const [older = '', newer = ''] = [...new Set(opened.map(({ stream }) => stream.replace('call-pbx-', '')))];
  const hungUp = heard.findIndex(({ event }) => event.type === 'CallHungUp');
  const begin = heard.findIndex(({ stream }) => stream.endsWith(newer));
  const inOrder = [...heard.slice(0, hungUp), ...heard.slice(begin), ...heard.slice(hungUp, begin)];
  const seqOf = (told: Told) => 2 * inOrder.indexOf(told);
  const told = both.map((one) => {
    const { stream, event } = one;
    return inOrder.includes(one)
      ? { stream, event: { ...event, metadata: { ...event.metadata, seq: seqOf(one) } } }
      : one;
  });
  return { told, older, newer, join: joining(older, newer, 2 * hungUp + 1, FIRST_AT as Micros) };
}
