import { createHmac } from 'node:crypto';

type Alphabet = { readonly is: RegExp; readonly letters: string };

/** Each letter becomes another one of its alphabet and case, so that a name keeps its length in letters and in bytes. */
const ALPHABETS: readonly Alphabet[] = [
  { is: /[a-z]/, letters: 'abcdefghijklmnopqrstuvwxyz' },
  { is: /[A-Z]/, letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ' },
  { is: /[\u{10000}-\u{10ffff}]/u, letters: '𠀀𠀁𠀂𠀃𠀄𠀅𠀆𠀇𠀈𠀉𠀊𠀋' },
  { is: /[\u0800-\uffff]/, letters: '一丁七万丈三上下不与丑专且世丘丙业丛东丝' },
  { is: /(?=\p{Script=Greek})\p{Lu}/u, letters: 'ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ' },
  { is: /\p{Script=Greek}/u, letters: 'αβγδεζηθικλμνξοπρστυφχψω' },
  { is: /(?=\p{Script=Cyrillic})\p{Lu}/u, letters: 'АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЭЮЯ' },
  { is: /\p{Script=Cyrillic}/u, letters: 'абвгдежзиклмнопрстуфхцчшэюя' },
  { is: /\p{Lu}/u, letters: 'ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖØÙÚÛÜÝÞ' },
  { is: /\p{L}/u, letters: 'àáâãäåæçèéêëìíîïðñòóôõöøùúûüýþ' },
];

/**
 * Replaces letters so that a name stays comparable with its own beginning: a letter's replacement depends on the
 * letters before it, so a name that was cut becomes the other name, cut at the same place. Asterisk writes one name
 * with and without backslashes, so what is no letter has no influence and stays.
 */
export class FakeLetters {
  readonly #key: Buffer;

  constructor(key: Buffer) {
    this.#key = key;
  }

  in(name: string): string {
    let before = '';
    return name.replace(/\\.|\p{L}/gu, (letter) => {
      if (letter.startsWith('\\')) return letter;
      before += letter;
      return this.#replaced(letter, before);
    });
  }

  #replaced(letter: string, before: string): string {
    const letters = [...(ALPHABETS.find(({ is }) => is.test(letter))?.letters ?? letter)];
    const hash = createHmac('sha256', this.#key).update(`letters/${before}`).digest().readUInt32BE(0);
    return letters[hash % letters.length] ?? letter;
  }
}
