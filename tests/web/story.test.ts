import * as assert from 'uvu/assert';
import { storyOf } from '../../web/src/entry/story.ts';
import { el } from '../../web/src/i18n/el.ts';
import { en } from '../../web/src/i18n/en.ts';
import { suite } from '../support/suite.ts';

const test = suite('the sentence that tells a call');

const call: Parameters<typeof storyOf>[0] = {
  direction: 'inbound',
  outcome: 'missed',
  source: 'pbx',
  customer: { id: 'c-1', name: 'Anna L.' },
  external_name: null,
  external_number: '+306912345678',
  external_number_raw: '6912345678',
  did: '2101234567',
  did_name: null,
  queues: [],
  queue_names: {},
  people: [],
  extensions: [],
  rang: ['101'],
  segments: [],
  ring_seconds: 18,
  duration_seconds: null,
  handled_by_machine: false,
};
const spoke = (...parties: string[]) => parties.map((party) => ({ party, channel: party, from: null, to: null }));
const answered = { outcome: 'answered', duration_seconds: 185, ring_seconds: 7 } as const;

const CALLS: readonly { readonly of: Partial<typeof call>; readonly en: string; readonly el: string }[] = [
  {
    of: {},
    en: 'Anna L. called 210 123 4567. Nobody answered for 18s.',
    el: 'Κλήση από Anna L. προς το 210 123 4567. Δεν απάντησε κανείς για 18s.',
  },
  {
    of: { outcome: 'abandoned', queues: ['600'], customer: null },
    en: '+30 691 234 5678 called 210 123 4567. The caller waited in the queue 600. Nobody answered for 18s; the caller hung up.',
    el: 'Κλήση από +30 691 234 5678 προς το 210 123 4567. Ο καλών περίμενε στην ουρά 600. Δεν απάντησε κανείς για 18s· ο καλών το έκλεισε.',
  },
  {
    of: { ...answered, extensions: ['101'], segments: spoke('101', '101'), did: null },
    en: 'Anna L. called. Ext 101 answered after 7s and talked for 185s.',
    el: 'Κλήση από Anna L. Απάντησε Εσωτ. 101 μετά από 7s· η συνομιλία κράτησε 185s.',
  },
  {
    of: {
      ...answered,
      extensions: ['101'],
      people: [{ id: 'anna', name: 'Anna P.', extension: '101' }],
      did_name: 'Support line',
      queues: ['600'],
      queue_names: { '600': 'Sales' },
    },
    en: 'Anna L. called Support line. The caller waited in the queue Sales. Anna P. (101) answered after 7s and talked for 185s.',
    el: 'Κλήση από Anna L. προς το Support line. Ο καλών περίμενε στην ουρά Sales. Απάντησε Anna P. (101) μετά από 7s· η συνομιλία κράτησε 185s.',
  },
  {
    of: { ...answered, extensions: ['101', '103'], segments: spoke('101', '103'), did: null },
    en: 'Anna L. called. Ext 101 answered after 7s. Then Ext 103 went on with the call. They talked for 185s in all.',
    el: 'Κλήση από Anna L. Απάντησε Εσωτ. 101 μετά από 7s. Έπειτα συνέχισε Εσωτ. 103. Συνολικά η συνομιλία κράτησε 185s.',
  },
  {
    of: { ...answered, direction: 'outbound', extensions: ['101'], segments: spoke('101') },
    en: 'Ext 101 called Anna L. It was answered after 7s; they talked for 185s.',
    el: 'Κλήση προς Anna L. από Εσωτ. 101. Απαντήθηκε μετά από 7s· η συνομιλία κράτησε 185s.',
  },
  {
    of: { direction: 'outbound', outcome: 'busy', did: null, ring_seconds: null },
    en: 'Anna L. was called. The line was busy.',
    el: 'Κλήση προς Anna L. Η γραμμή ήταν κατειλημμένη.',
  },
  {
    of: { handled_by_machine: true, outcome: 'abandoned', did: null },
    en: 'Anna L. called. A machine spoke, and no person did.',
    el: 'Κλήση από Anna L. Μίλησε μηχανή και κανένας άνθρωπος.',
  },
  {
    of: { source: 'manual', direction: 'outbound', outcome: 'missed', ring_seconds: null, did: null },
    en: 'Anna L. was called. There was no answer. Somebody logged this call by hand.',
    el: 'Κλήση προς Anna L. Δεν υπήρξε απάντηση. Κάποιος καταχώρησε την κλήση με το χέρι.',
  },
];

test('says who called whom, what became of it and how long it took, in every language', () => {
  for (const { of, ...told } of CALLS) {
    const inWords = (seconds: number) => `${seconds}s`;
    const entry = { ...call, ...of };
    assert.equal({ en: storyOf(entry, en, inWords), el: storyOf(entry, el, inWords) }, told);
  }
});

test('ends a sentence however a call of any direction and outcome went', () => {
  for (const direction of ['inbound', 'outbound', 'internal'] as const)
    for (const outcome of ['answered', 'missed', 'abandoned', 'busy', 'failed', 'voicemail'] as const)
      for (const t of [en, el]) {
        const told = storyOf({ ...call, direction, outcome, ring_seconds: null, queues: null }, t, String);
        assert.match(told, /^\S.*\S\.$/);
        assert.not.match(told, /undefined|null| {2}|;\.|·\./);
      }
});

test.run();
