import * as assert from 'uvu/assert';
import { NOTHING_SAID } from '../../../src/domain/acts/annotation.ts';
import { addNote, noteAddedSchema, noteRemovedSchema, removeNote } from '../../../src/domain/acts/note.ts';
import type { NoteTaker } from '../../../src/domain/acts/noteRemoval.ts';
import type { RecordedEvent } from '../../../src/domain/events.ts';
import { suite } from '../../support/suite.ts';
import { NOTE, NOTHING, said } from './support/decided.ts';

const test = suite('notes on a call, decided');

test('a note is added once for a key, and 200 times at most', () => {
  assert.equal(said(addNote('x', NOTHING, null)), ['NoteAdded', noteAddedSchema.parse({ text: 'x' })]);
  assert.equal(said(addNote('x', NOTHING, 'x')), []);
  assert.is(said(addNote('x', NOTHING, 'y')), 'KEY_REUSED');
  const full = { ...NOTHING, notes: Array.from({ length: 200 }, () => NOTE) };
  assert.is(said(addNote('x', full, null)), 'TOO_MANY_NOTES');
  assert.equal(said(addNote('x', full, 'x')), []);
});

test('a note is removed where it is, and nowhere else', () => {
  const by = taker({ sub: 'anna' });
  assert.equal(said(removeNote(NOTE.id, { notes: [NOTE] }, by)), ['NoteRemoved', { note_id: NOTE.id }]);
  assert.is(said(removeNote(NOTE.id, NOTHING_SAID, by)), 'NO_SUCH_NOTE');
});

test('another person’s note is taken back by whom the rule lets, and whose it was is said', () => {
  const LETS = { author: [], author_and_admins: ['admin'], everyone: ['agent', 'admin'] } as const;
  for (const rule of ['author', 'author_and_admins', 'everyone'] as const) {
    for (const role of ['agent', 'admin'] as const) {
      const decided = said(removeNote(NOTE.id, { notes: [NOTE] }, { ...taker({ sub: 'bert', role }), rule }));
      const data = noteRemovedSchema.parse({ note_id: NOTE.id, taken_back: { author: 'anna', rule } });
      const lets: readonly string[] = LETS[rule];
      assert.equal(decided, lets.includes(role) ? ['NoteRemoved', data] : 'ANOTHERS_NOTE', `${rule} ${role}`);
    }
  }
});

test('an issuer’s subject is the author of what its bare sub wrote before subjects named their issuer, and of no later note', () => {
  const by = (v: number, author: string, sub: string) =>
    said(removeNote(NOTE.id, { notes: [NOTE] }, { ...taker({ sub }), rule: 'author', events: [written(author, v)] }));
  assert.equal(by(1, 'anna', 'https://id.example#anna'), ['NoteRemoved', { note_id: NOTE.id }]);
  assert.equal(by(2, 'https://id.example#anna', 'https://id.example#anna'), ['NoteRemoved', { note_id: NOTE.id }]);
  for (const [v, author, sub] of [
    [2, 'anna', 'https://id.example#anna'],
    [2, 'https://id.example#anna', 'anna'],
    [2, 'https://id.example#anna', 'https://other.example#anna'],
    [1, 'anna', 'https://id.example#anna2'],
    [1, 'anna', 'https://id.example#x#anna'],
  ] as const) {
    assert.is(by(v, author, sub), 'ANOTHERS_NOTE', `${v} ${author} ${sub}`);
  }
});

/** Who wants to take the note back, which anna wrote. */
function taker({ sub, role = 'agent' }: { readonly sub: string; readonly role?: 'agent' | 'admin' }): NoteTaker {
  return { actor: { sub, role }, rule: 'author_and_admins', events: [written('anna', 2)] };
}

function written(sub: string, v: number): RecordedEvent {
  const metadata = {
    v,
    recorded_at: '2026-11-24T10:00:00Z',
    app: 'test',
    $correlationId: 'r',
    actor: { sub, role: 'agent' },
    request_id: 'r',
  };
  return {
    id: NOTE.id,
    type: 'NoteAdded',
    data: { text: 'x' },
    metadata,
    stream: 'annotation-x',
    revision: 0n,
    position: 1n,
  };
}

test.run();
