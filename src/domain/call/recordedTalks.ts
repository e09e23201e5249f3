/** Conversations that nobody heard, as the PBX's call records tell them. A record refines; it decides nothing that was heard. */

import type { Channel, Recorded } from './channel.ts';
import { parseChannelName } from './channelName.ts';
import type { Conversation } from './conversations.ts';
import type { Group } from './group.ts';
import { timeInRecord } from './recordTimes.ts';

/** Local channels lead on to others; so many in a row are followed. */
const MAX_HOPS = 8;

/**
 * The people whom the outside party was answered by according to the records. A record that says ANSWERED without a called
 * channel is of an application (voicemail, a menu); one that calls a Local channel is only as good as the record of its
 * other half.
 */
export function recordedTalks(group: Group, outside: Channel, members: readonly Channel[]): Conversation[] {
  const records = members.flatMap((member) => member.records).filter(({ disposition }) => disposition === 'ANSWERED');
  const caller = records.filter(({ channel }) => channel === outside.name).flatMap((one) => answeredBy(one, records));
  const called = records.filter(({ destinationChannel }) => destinationChannel === outside.name);
  const people = [
    ...caller.map((record) => ({ record, name: record.destinationChannel })),
    ...called.map((record) => ({ record, name: record.channel })),
  ];
  return people.flatMap(({ record, name }) => (name === null ? [] : talkWith(group, name, record)));
}

function answeredBy(record: Recorded, records: readonly Recorded[], hops = 0): Recorded[] {
  if (record.destinationChannel === null) return [];
  const { pair } = parseChannelName(record.destinationChannel);
  if (pair === null) return [record];
  if (hops === MAX_HOPS) return [];
  return records
    .filter(({ channel }) => {
      const other = channel === null ? null : parseChannelName(channel).pair;
      return other !== null && other.stem === pair.stem && other.half !== pair.half;
    })
    .flatMap((next) => answeredBy(next, records, hops + 1));
}

function talkWith(group: Group, name: string, record: Recorded): Conversation[] {
  const { endpoint, pair, technology } = parseChannelName(name);
  if (pair !== null) return [];
  const same = [...group.channels.values()].filter(
    ({ parsed }) => parsed?.technology === technology && parsed.endpoint === endpoint,
  );
  const heard = same.find((channel) => channel.name === name);
  const isOutside = same.some(({ uniqueid }) => group.channelKinds.get(uniqueid)?.kind === 'trunk');
  const answeredAt = timeInRecord(record, 'answerTime');
  return [
    {
      party: isOutside ? 'external:' : endpoint,
      isOutside,
      channel: name,
      uniqueid: heard?.uniqueid ?? null,
      answeredAt,
      from: answeredAt,
      to: timeInRecord(record, 'endTime'),
    },
  ];
}
