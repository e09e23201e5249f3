import * as assert from 'uvu/assert';
import { LogGate } from '../../src/listening/logGate.ts';
import { suite } from '../support/suite.ts';

const test = suite('the gate before a log that is away');

const soon = { next: () => 1, reset: () => {} };

/** Until a timer that was set before, for as long or shorter, has fired. */
const passed = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms));

test('lets in at once who comes after the time to try had come and nobody waited, and then nobody else', async () => {
  const gate = new LogGate(new AbortController().signal);
  gate.shut(soon);
  await passed(5);
  assert.ok(await gate.enter());
  let isSecondIn = false;
  const second = gate.enter().then((isIn) => {
    isSecondIn = isIn;
  });
  await passed(5);
  assert.not.ok(isSecondIn, 'one at a time');
  gate.pass(soon);
  await second;
  assert.ok(isSecondIn);
});

test('lets the next one in at once when one that was let in gives way, and no more than one at a time', async () => {
  const gate = new LogGate(new AbortController().signal);
  let waits = 0;
  const counted = {
    next: () => {
      waits += 1;
      return 1;
    },
    reset: () => {},
  };
  gate.shut(counted);
  const entered: number[] = [];
  const waiting = Array.from({ length: 5 }, async (_, nth) => {
    await gate.enter();
    entered.push(nth);
    if (nth < 4) gate.giveWay();
  });
  await Promise.all(waiting);
  assert.equal(entered, [0, 1, 2, 3, 4]);
  assert.is(waits, 1, 'those who tried nothing cost no wait');
});

test('lets all in when the log has answered, and nobody when the program stops', async () => {
  const stop = new AbortController();
  const gate = new LogGate(stop.signal);
  gate.shut(soon);
  const waiting = [gate.enter(), gate.enter(), gate.enter()];
  gate.open();
  assert.equal(await Promise.all(waiting), [true, true, true]);
  gate.shut(soon);
  const late = [gate.enter(), gate.enter()];
  stop.abort();
  assert.equal(await Promise.all(late), [false, false]);
});

test.run();
