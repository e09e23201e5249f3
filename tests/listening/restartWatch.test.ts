import * as assert from 'uvu/assert';
import { fromRfc3339, type Micros } from '../../src/domain/time.ts';
import { RestartWatch, startBetween } from '../../src/listening/restartWatch.ts';
import { suite } from '../support/suite.ts';

const test = suite('a PBX that was started anew');

const heard = (...before: string[]) => {
  const watch = new RestartWatch();
  for (const id of before) watch.heardBefore(id);
  watch.connected();
  return watch;
};

test('its count of channels began anew: a later channel has a lower number', () => {
  assert.is(heard('1795400000.57').shows('1795400060.0'), 'uniqueid_counter');
  assert.is(heard('pbx1-1795400000.57').shows('pbx1-1795400060.57'), 'uniqueid_counter');
});

test('no other order of numbers and seconds proves it', () => {
  const watch = heard('1795400000.57', '1795399000.12');
  // goes on; a channel of before the connection is named; two were made at the same time; no such id
  for (const id of ['1795400060.58', '1795399990.40', '1795400001.56', 'of-an-application']) {
    assert.is(watch.shows(id), null, id);
  }
  assert.is(heard().shows('1795400060.0'), null, 'nothing was heard before');
});

test('ids that an application gives to its channels prove nothing of those of the PBX', () => {
  assert.is(heard('1795400000.57').shows('click2call-1795400060.1'), null);
  assert.is(heard('1795400000.57', 'click2call-1795400060.900').shows('1795400070.58'), null);
});

test('within one connection nothing proves it, and of each it is told once', () => {
  const watch = heard('1795400000.57');
  assert.is(watch.shows('1795400060.0'), 'uniqueid_counter');
  assert.is(watch.shows('1795400070.1'), null);
  watch.connected();
  assert.is(watch.shows('1795400090.2'), null);
  watch.connected();
  assert.is(watch.shows('1795400190.0'), 'uniqueid_counter');
});

test('it says another start time than before, also to another process', () => {
  const watch = heard();
  assert.is(watch.says('2026-11-23 01:54:12'), null, 'the first time nothing can be compared');
  watch.connected();
  assert.is(watch.says('2026-11-23 01:54:12'), null);
  watch.connected();
  assert.is(watch.says('2026-11-23 02:10:00'), 'start_time');
  assert.is(watch.shows('1795400060.0'), null, 'that is the same start');

  const next = heard();
  next.startedBefore(watch.startedAt());
  assert.is(next.says('2026-11-23 03:00:00'), 'start_time');
});

const at = (text: string) => fromRfc3339(`2026-11-23T${text}Z`) ?? (0 as Micros);

test('a start that is told otherwise because summer time began or ended is no other start', () => {
  const watch = new RestartWatch();
  watch.says('2026-10-24 01:54:12');
  assert.is(watch.says('2026-10-24 00:54:12'), null);
  assert.is(watch.says('2026-10-24 01:54:12'), null);
  assert.is(watch.says('2026-10-24 01:20:00'), 'start_time', 'by anything but quarters of an hour it is another one');
});

test('when that was is known in our clock where only one time zone fits between two connections', () => {
  const [from, to] = [at('02:00:00'), at('02:01:00')];
  assert.is(startBetween('2026-11-23 02:00:30', from, to, 0), at('02:00:30'), 'UTC');
  assert.is(startBetween('2026-11-23 04:00:30', from, to, 0), at('02:00:30'), 'two hours east');
  assert.is(startBetween('2026-11-23 07:45:30', from, to, 0), at('02:00:30'), 'Kathmandu');
  assert.is(startBetween('2026-11-22 21:00:30', from, to, 0), at('02:00:30'), 'five hours west');
  assert.is(startBetween('2026-11-23 02:05:30', from, to, 300_000), at('02:00:30'), 'its clock is 5 minutes ahead');
});

test('and is not guessed where none fits, or several do', () => {
  assert.is(startBetween('2026-11-23 02:07:00', at('02:00:00'), at('02:01:00'), 0), null);
  assert.is(startBetween('2026-11-23 02:07:00', at('02:00:00'), at('03:00:00'), 0), null);
  assert.is(startBetween('yesterday', at('02:00:00'), at('03:00:00'), 0), null);
});

test.run();
