import * as assert from 'uvu/assert';
import { streamOf } from '../../src/domain/events.ts';
import { DEFAULT_SETTINGS } from '../../src/domain/settings.ts';
import { acceptSettings, seeSettings, settingsInForce } from '../../src/log/settings.ts';
import { systemClock } from '../../src/ports/clock.ts';
import { readEvents } from '../../src/ports/eventStore.ts';
import { withReadModel } from '../projections/support/readModel.ts';
import { suite } from '../support/suite.ts';

const test = suite('settings that decide no row');

const clock = systemClock;
const person = { clock, by: { actor: { sub: 'admin-1', role: 'admin' }, requestId: 'r' } } as const;
const said = (note_removal: 'author' | 'author_and_admins' | 'everyone') => ({
  settings: { ...DEFAULT_SETTINGS, note_removal },
});
const file = (note_removal: 'author' | 'author_and_admins' | 'everyone') =>
  ({ ...said(note_removal), source: 'file' }) as const;

test('are the defaults until something is said, then what was said last', async () => {
  await withReadModel(async ({ log }) => {
    assert.equal(await settingsInForce(log), said('author_and_admins').settings);
    await seeSettings(log, file('author'), clock);
    assert.equal(await settingsInForce(log), said('author').settings);
    await acceptSettings(log, { ...said('everyone'), source: 'api' }, person);
    assert.equal(await settingsInForce(log), said('everyone').settings);
  });
});

test('of a file that stays as it is win over nothing that a person set since, and are recorded once', async () => {
  await withReadModel(async ({ log }) => {
    for (let start = 0; start < 3; start += 1) await seeSettings(log, file('author'), clock);
    await acceptSettings(log, { ...said('everyone'), source: 'file' }, person);
    await seeSettings(log, file('author'), clock);
    assert.equal(await settingsInForce(log), said('everyone').settings);
    await seeSettings(log, file('author_and_admins'), clock);
    assert.equal(await settingsInForce(log), said('author_and_admins').settings);
    const events = await readEvents(log, streamOf.settings);
    assert.equal(
      events.map(({ data, metadata }) => [Object(data.settings).note_removal, Object(metadata.actor).sub]),
      [
        ['author', undefined],
        ['everyone', 'admin-1'],
        ['author_and_admins', undefined],
      ],
    );
  });
});

test('of a newer program that has more of them are read as far as they are known', async () => {
  await withReadModel(async ({ log }) => {
    const settings = { ...said('author').settings, callbacks: 'team' };
    await acceptSettings(log, { settings, source: 'api' }, person);
    assert.equal(await settingsInForce(log), said('author').settings);
  });
});

test.run();
