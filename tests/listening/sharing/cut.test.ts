import * as assert from 'uvu/assert';
import type { Micros } from '../../../src/domain/time.ts';
import type { Heard } from '../../../src/listening/heard.ts';
import type { Kept } from '../../../src/listening/journal/journal.ts';
import { cut, type OtherSession } from '../../../src/listening/sharing/cut.ts';
import { keyOf } from '../../../src/listening/sharing/frames.ts';
import type { HeardConnection } from '../../../src/listening/sharing/heardFrames.ts';
import type { Field } from '../../../src/ports/pbxSource.ts';
import { suite } from '../../support/suite.ts';

const test = suite('what of a connection no other session has');

const CONNECTION = '00000000-0000-4000-8000-000000000001';
const SECOND = 1_000_000;
const START = { segment: 0, offset: 0 };

/** What a server has heard: letters, one a second from `from` on by its clock, which is set by `step` seconds before `stepAt`. */
type Heards = { readonly letters: string; readonly from: number; readonly step?: number; readonly stepAt?: string };

function timesOf({ letters, from, step = 0, stepAt = '' }: Heards): readonly (readonly [letter: string, at: Micros])[] {
  let seconds = from;
  return [...letters].map((letter) => {
    seconds += 1 + (letter === stepAt ? step : 0);
    return [letter, (seconds * SECOND) as Micros];
  });
}

function fieldsOf(letter: string): readonly Field[] {
  return [['Letter', letter]];
}

function journalOf(heards: Heards) {
  const records = timesOf(heards).map(([letter, at], seq): Heard => {
    const fact = { seq, call: letter, type: 'ChannelOpened', fields: fieldsOf(letter), latin1: [] };
    return { connection: CONNECTION, kind: 'facts', at, saidAfter: null, facts: [fact] };
  });
  return {
    async *peek({ offset }: { readonly offset: number }): AsyncGenerator<Kept> {
      for (const [at, record] of [...records.entries()].slice(offset)) {
        const place = (nth: number) => ({ segment: 0, offset: nth });
        yield { number: at, record: JSON.parse(JSON.stringify(record)), at: place(at), end: place(at + 1) };
      }
    },
  };
}

function sessionOf(session: number, { from }: Heards, isOwn = false): OtherSession {
  return {
    session,
    id: `session ${session}`,
    position: BigInt(session),
    beginsAt: (from * SECOND) as Micros,
    clockOffsetMs: 0,
    laterOffsetMs: null,
    amiVersion: null,
    server: null,
    heardBefore: null,
    end: null,
    isOwn,
    isOver: true,
    lastBehind: null,
  };
}

/** The letters of each stretch that is stored. */
async function stretchesOf(ours: Heards, theirs: readonly Heards[], isOwn = false): Promise<readonly string[]> {
  const runOf = (heards: Heards) =>
    timesOf(heards).map(([letter, at], seq) => {
      return { type: 'ChannelOpened', seq, key: keyOf(fieldsOf(letter)), from: at, to: at };
    });
  const stored = (session: OtherSession) => Promise.resolve([runOf(theirs[session.session] ?? ours)]);
  const whole: HeardConnection = {
    connection: CONNECTION,
    from: START,
    beginsAt: (ours.from * SECOND) as Micros,
    clockOffsetMs: 0,
    isOpen: false,
    logged: null,
  };
  const deps = { journal: journalOf(ours), stored: { first: stored, last: stored } };
  const stretches = await cut(
    deps,
    whole,
    theirs.map((one, nth) => sessionOf(nth, one, isOwn)),
  );
  return stretches.map(({ from, to }) => ours.letters.slice(from, to));
}

test('is what it has heard before and after another, by their frames', async () => {
  assert.equal(await stretchesOf({ letters: 'abcdefgh', from: 0 }, [{ letters: 'cde', from: 2 }]), ['ab', 'fgh']);
});

test('is found also where the clock of the other was set within its session, forwards or backwards', async () => {
  for (const step of [-600, -20, 20, 600]) {
    for (const stepAt of ['c', 'd', 'e']) {
      const theirs = { letters: 'cde', from: 2, step, stepAt };
      assert.equal(
        await stretchesOf({ letters: 'abcdefgh', from: 0 }, [theirs]),
        ['ab', 'fgh'],
        `${step} at ${stepAt}`,
      );
    }
  }
});

test('is found also where the own clock was set within the connection', async () => {
  for (const step of [-600, -20, 20, 600]) {
    for (const stepAt of ['b', 'c', 'd', 'f', 'g']) {
      const ours = { letters: 'abcdefgh', from: 0, step, stepAt };
      assert.equal(await stretchesOf(ours, [{ letters: 'cde', from: 2 }]), ['ab', 'fgh'], `${step} at ${stepAt}`);
    }
  }
});

test('is all of it, where the other is a connection of the same server', async () => {
  assert.equal(await stretchesOf({ letters: 'abcdefgh', from: 0 }, [{ letters: 'cde', from: 2 }], true), ['abcdefgh']);
});

test.run();
