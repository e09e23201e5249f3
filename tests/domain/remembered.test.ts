import * as assert from 'uvu/assert';
import { remembered } from '../../src/domain/remembered.ts';
import { suite } from '../support/suite.ts';

const test = suite('what is remembered');

test('is worked out once for each text and country, also where it is nothing', () => {
  const asked: string[] = [];
  const answer = remembered((text, about) => {
    asked.push(`${text}/${about}`);
    return text === '' ? null : text.length;
  });
  const answers = () => [answer('12', 'GR'), answer('12', 'DE'), answer('12'), answer('', 'GR'), answer('GR 12')];
  assert.equal(answers(), [2, 2, 2, null, 5]);
  assert.equal(answers(), [2, 2, 2, null, 5]);
  assert.equal(asked, ['12/GR', '12/DE', '12/null', '/GR', 'GR 12/null']);
});

test('is not kept where it is long, and forgotten where it is too much', () => {
  let asked = 0;
  const answer = remembered((text) => {
    asked += 1;
    return text;
  });
  const long = 'x'.repeat(100_000);
  assert.is(answer(long), answer(long));
  assert.is(asked, 2);
  for (let number = 0; number < 10_001; number += 1) answer(`${number}`);
  asked = 0;
  answer('10000');
  assert.is(asked, 0);
  answer('0');
  assert.is(asked, 1);
});

test.run();
