import * as assert from 'uvu/assert';
import { secondsOf, writtenDuration } from '../../web/src/format/duration.ts';
import { spacedNumber } from '../../web/src/format/phone.ts';
import { suite } from '../support/suite.ts';

const test = suite('how numbers and lengths are written');

test('a number is grouped for the eye however it came, an extension and other text stay as they are', () => {
  const numbers: [number: string, shown: string][] = [
    ['+306912345678', '+30 691 234 5678'],
    ['+442071234567', '+44 207 123 4567'],
    ['+12025550123', '+1 202 555 0123'],
    ['+3579912345678', '+357 991 234 5678'],
    ['2101234567', '210 123 4567'],
    ['06945551234', '0 694 555 1234'],
    ['5551234', '555 1234'],
    ['00306912345678', '00 30 691 234 5678'],
    ['101', '101'],
    ['123456', '123456'],
    ['*43', '*43'],
    ['anonymous', 'anonymous'],
    ['', ''],
  ];
  for (const [number, shown] of numbers) assert.is(spacedNumber(number), shown, number);
});

test('a length is read as minutes and seconds, alone as minutes, and written so that it is read again', () => {
  const lengths: [text: string, seconds: number | null][] = [
    ['1:30', 90],
    ['0:75', 75],
    [' 5 ', 300],
    ['1:02:03', 3_723],
    ['1440', 86_400],
    ['', null],
    ['1:2:3:4', null],
    ['a', null],
    ['-1', null],
    ['1.5', null],
  ];
  for (const [text, seconds] of lengths) assert.is(secondsOf(text), seconds, text);
  for (const seconds of [0, 59, 60, 3_599, 86_400]) assert.is(secondsOf(writtenDuration(seconds)), seconds);
});

test.run();
