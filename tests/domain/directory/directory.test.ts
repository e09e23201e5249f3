import * as assert from 'uvu/assert';
import { Directory, personOf } from '../../../src/domain/directory/directory.ts';
import { directoryDataOf, type Told } from '../../../src/domain/directory/fold.ts';
import type { PersonData } from '../../../src/domain/directory/person.ts';
import { NO_PLACE_NAMES } from '../../../src/domain/directory/team.ts';
import { DEFAULT_SETTINGS } from '../../../src/domain/settings.ts';
import { fromRfc3339 } from '../../../src/domain/time.ts';
import { suite } from '../../support/suite.ts';

const test = suite('who is who');

const MARCH = '2026-03-15T10:00:00Z';
const APRIL = '2026-04-01T00:00:00Z';

function directoryOf(people: Readonly<Record<string, Partial<PersonData>>>): Directory {
  return new Directory({
    people: Object.entries(people).map(([id, data]) => personOf(id, 0n, { name: id, teams: [], lines: [], ...data })),
    teams: [],
    places: NO_PLACE_NAMES,
    settings: DEFAULT_SETTINGS,
  });
}
const holder = (directory: Directory, at: string | null, pbx = 'pbx') =>
  directory.holderAt({ pbx, extension: '101' }, at === null ? null : fromRfc3339(at))?.id ?? null;

test('an extension is whose it was at that moment: from the first, up to and without the last', () => {
  const directory = directoryOf({
    anna: { lines: [{ extension: '101', to: APRIL }] },
    bert: { lines: [{ extension: '101', from: APRIL }] },
  });
  assert.equal([holder(directory, MARCH), holder(directory, APRIL)], ['anna', 'bert']);
  // when is not known, and both had it
  assert.is(holder(directory, null), null);
});

test('what two people have at once is nobody’s, as nothing tells which of them it was', () => {
  const both = directoryOf({
    anna: { lines: [{ extension: '101' }] },
    bert: { lines: [{ extension: '101', from: APRIL }] },
  });
  assert.equal([holder(both, MARCH), holder(both, APRIL)], ['anna', null]);
});

test('an extension of one phone system is not that of another', () => {
  const directory = directoryOf({ anna: { lines: [{ extension: '101', pbx: 'athens' }] } });
  assert.equal([holder(directory, MARCH, 'athens'), holder(directory, MARCH, 'patras')], ['anna', null]);
});

test('is the last that each stream says, and who was removed is not there', () => {
  const person = (name: string) => ({ name, teams: [], lines: [] });
  const told: Told[] = [
    { stream: 'person-anna', revision: 3n, type: 'PersonChanged', data: person('Anna') },
    { stream: 'person-bert', revision: 1n, type: 'PersonRemoved', data: {} },
    { stream: 'team-sales', revision: 0n, type: 'TeamRegistered', data: { name: 'Sales', queues: [], dids: [] } },
  ];
  const { people, teams, places, settings } = directoryDataOf(told);
  assert.equal(
    people.map(({ id, name, revision }) => [id, name, revision]),
    [['anna', 'Anna', 3n]],
  );
  assert.equal(
    teams.map(({ id }) => id),
    ['sales'],
  );
  assert.equal([places, settings], [NO_PLACE_NAMES, DEFAULT_SETTINGS]);
});

test.run();
