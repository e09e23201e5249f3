import examples from 'libphonenumber-js/examples.mobile.json';
import {
  type CountryCode,
  getCountries,
  getCountryCallingCode,
  getExampleNumber,
  Metadata,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';
import * as assert from 'uvu/assert';
import { readNumber, type Writer } from '../../../src/domain/phone/index.ts';
import { suite } from '../../support/suite.ts';

const test = suite('mobiles of all countries', { deadlineMs: 120_000 });

const HOMES = 'GR DE FR IT ES GB US BR IN ID SE XK CY AT NL PL TR RO'.split(' ') as readonly CountryCode[];
/** `EXAMPLES=10` measures what decision 37 says. */
const OF_EACH = Number(process.env.EXAMPLES ?? 2);
const numbers = getCountries().map((country) => ({ country, numbers: examplesOf(country) }));

/** Valid ones: libphonenumber's example with other last digits. */
function examplesOf(country: CountryCode): string[] {
  const example = getExampleNumber(country, examples)?.number ?? '';
  const found: string[] = [];
  for (let at = 0; found.length < OF_EACH && at < 400; at += 1) {
    const other = example.slice(0, -4) + String((7919 * at + 1234) % 10_000).padStart(4, '0');
    if (parsePhoneNumberFromString(other)?.isValid()) found.push(other);
  }
  return found;
}

function countRight(all: readonly string[], home: CountryCode, as: Writer, write: (e164: string) => string) {
  return all.filter((e164) => readNumber(write(e164), as, { country: home }).e164 === e164).length;
}

const bare = (e164: string) => e164.slice(1);
const national = (e164: string) => parsePhoneNumberFromString(e164)?.nationalNumber ?? '';
const ofHome = (home: CountryCode) => numbers.find(({ country }) => country === home)?.numbers ?? [];
const total = (counts: readonly number[]) => counts.reduce((sum, count) => sum + count, 0);

test('of abroad are right without + in 98 of 100 cases, of a trunk in each of eighteen', () => {
  const counts = HOMES.map((home) => {
    const code = getCountryCallingCode(home);
    const abroad = numbers.filter(({ country }) => getCountryCallingCode(country) !== code);
    const all = abroad.flatMap((one) => one.numbers);
    return { all: all.length, right: countRight(all, home, 'trunk', bare) };
  });
  const [all, right] = [total(counts.map((count) => count.all)), total(counts.map((count) => count.right))];
  console.log(`from abroad ${right} of ${all} right`);
  assert.ok(right / all > 0.98, `${right} of ${all}`);
});

test('of the own country are right without +, and of a trunk without its 0 but where they are others of abroad', () => {
  const own = HOMES.map((home) => countRight(ofHome(home), home, 'trunk', bare));
  assert.is(total(own), HOMES.length * OF_EACH);
  const withoutZero = HOMES.map((home) => countRight(ofHome(home), home, 'trunk', national));
  // of Texas without their 0: 15123456789 of Germany
  assert.is(total(withoutZero), (HOMES.length - 1) * OF_EACH);
});

/** Numbers of each length that the country has, of digits that a linear congruence makes. */
function numbersOf(country: CountryCode): string[] {
  const metadata = new Metadata();
  metadata.selectNumberingPlan(country);
  const lengths = metadata.numberingPlan?.possibleLengths() ?? [];
  let state = 20_261_129;
  const digit = () => {
    state = (state * 48_271) % 2_147_483_647;
    return Math.floor((state / 2_147_483_647) * 10);
  };
  return lengths.flatMap((length) => {
    const found: string[] = [];
    for (let tries = 0; found.length < OF_EACH && tries < 1_000; tries += 1) {
      const e164 = `+${getCountryCallingCode(country)}${Array.from({ length }, digit).join('')}`;
      const number = parsePhoneNumberFromString(e164);
      if (number?.isValid() && number.country === country && number.number === e164) found.push(e164);
    }
    return found;
  });
}

test('and all others of the own country are right without +, in every country and of every length', () => {
  for (const country of getCountries()) {
    const all = numbersOf(country);
    assert.is(countRight(all, country, 'trunk', bare), all.length, country);
  }
});

test('of the own country are right as its people write them', () => {
  for (const home of HOMES) {
    const written = (e164: string) => parsePhoneNumberFromString(e164)?.formatNational() ?? '';
    for (const as of ['customer', 'dialled', 'trunk'] as const) {
      assert.is(countRight(ofHome(home), home, as, written), OF_EACH, `${home} ${as}`);
      if (as !== 'trunk') assert.is(countRight(ofHome(home), home, as, national), OF_EACH, `${home} ${as}`);
    }
  }
});

test('of every country are right with + and with 00, wherever they are read', () => {
  for (const home of ['GR', 'IT', 'DE'] as const) {
    for (const { country, numbers: all } of numbers) {
      assert.is(countRight(all, home, 'trunk', String), all.length, country);
      assert.is(
        countRight(all, home, 'customer', (e164) => `00${bare(e164)}`),
        all.length,
        country,
      );
    }
  }
});

test.run();
