import * as assert from 'uvu/assert';
import { handOversOf } from '../../web/src/entry/pictureLines.ts';
import { suite } from '../support/suite.ts';

const test = suite('the picture of a call');
const segment = (party: string, from: number, to: number) => ({
  party,
  channel: `PJSIP/${party}-00000001`,
  from: new Date(from).toISOString(),
  to: new Date(to).toISOString(),
});

test('marks a transfer where another party goes on, and none where the same one comes back from a hold', () => {
  const segments = [segment('101', 0, 2_000), segment('101', 3_000, 4_000), segment('103', 6_000, 9_000)];
  assert.equal(handOversOf(segments), [{ from: '101', to: '103', at: 6_000 }]);
  assert.equal(handOversOf([]), []);
});

test.run();
