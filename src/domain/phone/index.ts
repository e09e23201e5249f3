/** Phone numbers as people and systems write them. */
export { lookupKey } from './lookupKey.ts';
export { maskedNumber, maskedText } from './masked.ts';
export { MOST_IN_TEXT, numbersIn } from './numbersIn.ts';
export { pitfallsOf } from './pitfalls.ts';
export { type ReadingAs, type ReadNumber, readNumber, type TrunkForm, type Writer } from './readNumber.ts';
export { type ReadSent, readSent, type Sent } from './sent.ts';
export { isWithheld } from './withheldWords.ts';
