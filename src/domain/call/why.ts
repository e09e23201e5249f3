/** For each column that the fold derives the rule that decided and what it looked at. */

import { type Channel, dialledOn } from '../channels/channel.ts';
import type { Group } from '../channels/group.ts';
import { CLOCK_SET } from '../channels/unheard.ts';
import type { Why } from '../entry.ts';
import type { Micros } from '../time.ts';
import { isHidden } from './hiding.ts';
import { WITHHELD_BY_PRESENTATION } from './outsideParty.ts';
import type { Telling } from './telling.ts';
import { asText, type Times } from './times.ts';

export function whyOf({ call, group, decisions }: Telling, incomplete: readonly string[]): Why {
  const { party, beginning, members } = call;
  const { outside, times, talks, outcome, byMachine } = decisions;
  const notKnown = notKnownBecause(incomplete);
  return {
    ext_message_id: { rule: call.idRule, inputs: { linkedids: distinct(members.flatMap((m) => [...m.linkedids])) } },
    direction: {
      rule: call.directionRule,
      inputs: { channel: party.name, context: party.opening?.context ?? null, state: party.opening?.state ?? null },
    },
    outcome: {
      rule: outcome.rule,
      inputs: {
        pbx_answered: party.isUp,
        hangup_requested: party.hangupRequested,
        cause: party.hangup?.cause ?? null,
        tech_cause: party.hangup?.techCause ?? null,
      },
    },
    handled_by_machine: { rule: byMachine.rule, inputs: { channels: byMachine.channels } },
    trunk: {
      rule: group.channelKinds.get(party.uniqueid)?.rule ?? 'unknown',
      inputs: { channel: outside === null ? null : party.name },
    },
    external_name: isHidden(party, group.rules)
      ? { rule: WITHHELD_BY_PRESENTATION, inputs: {} }
      : { rule: 'presented_first', inputs: { presented: party.opening?.callerName ?? null } },
    did: {
      rule: call.direction === 'inbound' ? dialledRule(party) : 'not_inbound',
      inputs: { channel: party.name, exten: dialledOn(party) },
    },
    dialled: {
      rule: call.direction === 'inbound' ? 'not_outbound' : `placed_by_${call.placedBy}`,
      inputs: { channel: beginning?.name ?? null, exten: beginning && dialledOn(beginning) },
    },
    rang: {
      rule: 'rang_inside',
      inputs: { channels: members.filter(({ rang, dialling }) => rang && dialling).map(({ name }) => name) },
    },
    extensions: {
      rule: 'spoke_with_the_outside_party',
      inputs: { channels: talks.map(({ channel }) => channel) },
    },
    occurred_at: {
      rule: beginning?.opening && !beginning.opening.isLate ? 'channel_opened' : 'second_in_the_uniqueid',
      inputs: { uniqueid: call.beginningId },
    },
    answered_at: {
      rule: talks.length === 0 ? 'nobody_answered' : times.answeredAt === null ? notKnown : 'first_person',
      inputs: { channel: talks[0]?.channel ?? null },
    },
    ended_at: {
      rule: times.endedAt === null ? notKnown : times.endRule,
      inputs: { ...(times.endRule === 'recorded_end' ? { source: 'cdr' } : {}), channel: party.name },
    },
    ring_seconds: {
      rule: lengthRule(times.ringRule, [times.ringsFrom, times.ringsUntil], incomplete),
      inputs: { from: asText(times.ringsFrom), to: asText(times.ringsUntil) },
    },
    duration_seconds: {
      rule: lengthRule(talkRule(times), talks.length === 0 ? [] : [times.answeredAt, times.talkedUntil], incomplete),
      inputs: { from: asText(times.answeredAt), to: asText(talks.length > 0 ? times.talkedUntil : times.endedAt) },
    },
    incomplete: { rule: incomplete.length === 0 ? 'all_heard' : 'not_all_heard', inputs: { reasons: [...incomplete] } },
    ...guessedLegs(members, group),
  };
}

function talkRule({ talkedUntil, endedAt }: Times): string {
  const wentOnAlone = talkedUntil !== null && endedAt !== null && talkedUntil < endedAt;
  return wentOnAlone ? 'first_answer_until_the_last_person_left' : 'first_answer_to_the_end_of_the_outside_party';
}

function lengthRule(rule: string, ends: readonly (Micros | null)[], incomplete: readonly string[]): string {
  return ends.includes(null) && incomplete.includes(CLOCK_SET) ? CLOCK_WAS_SET : rule;
}

const CLOCK_WAS_SET = 'clock_was_set';

/** Why a time is empty. */
function notKnownBecause(incomplete: readonly string[]): string {
  if (incomplete.includes(CLOCK_SET)) return CLOCK_WAS_SET;
  return incomplete.includes('late') ? 'heard_late' : 'not_heard';
}

/** What no rule told of its channels, side by side. */
function guessedLegs(members: readonly Channel[], { channelKinds }: Group): Why {
  const guessed = members.flatMap((channel) => {
    const { rule, isGuessed } = channelKinds.get(channel.uniqueid) ?? {};
    return isGuessed ? [{ name: channel.name, rule, context: channel.opening?.context ?? null }] : [];
  });
  if (guessed.length === 0) return {};
  const inputs = {
    channels: guessed.map(({ name }) => name),
    rules: guessed.map(({ rule }) => rule),
    contexts: guessed.map(({ context }) => context),
  };
  return { legs: { rule: 'guessed', inputs } };
}

function dialledRule({ opening, listed }: Channel): string {
  return !opening && listed ? 'listed_as_dialled' : 'exten_of_the_trunk';
}

function distinct(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
