import * as assert from 'uvu/assert';
import { NOTHING_SAID } from '../../../src/domain/acts/annotation.ts';
import { addNote, noteAddedSchema, noteRemovedSchema, removeNote } from '../../../src/domain/acts/note.ts';
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
  const removed = said(removeNote(NOTE.id, { ...NOTHING_SAID, notes: [NOTE] }));
  assert.equal(removed, ['NoteRemoved', noteRemovedSchema.parse({ note_id: NOTE.id })]);
  assert.is(said(removeNote(NOTE.id, NOTHING_SAID)), 'NO_SUCH_NOTE');
});

test.run();
