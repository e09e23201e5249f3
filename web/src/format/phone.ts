/** Calling codes of two digits (ITU-T E.164); 1 and 7 have one, all others three. */
const TWO_DIGITS = new Set(
  '20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93 94 95 98'.split(
    ' ',
  ),
);

/** A number as one dials it, not an extension: with 7 digits and more. */
const DIALLED = /^(00)?(\d{7,15})$/;

/**
 * Groups the digits of a number for the eye, wherever one is shown: `+306912345678` → `+30 691 234 5678`, `2101234567` →
 * `210 123 4567`, `00306912345678` → `00 30 691 234 5678`. Other text stays as it is.
 */
export function spacedNumber(number: string): string {
  const international = /^\+(\d{7,15})$/.exec(number)?.[1];
  if (international !== undefined) return `+${afterCode(international)}`;
  const [, prefix, digits] = DIALLED.exec(number) ?? [];
  if (digits === undefined) return number;
  return prefix === undefined ? fromTheEnd(digits) : `${prefix} ${afterCode(digits)}`;
}

function afterCode(digits: string): string {
  const codeLength = /^[17]/.test(digits) ? 1 : TWO_DIGITS.has(digits.slice(0, 2)) ? 2 : 3;
  const national = digits.slice(codeLength);
  const groups = national.slice(0, -4).match(/.{1,3}/g) ?? [];
  return [digits.slice(0, codeLength), ...groups, national.slice(-4)].join(' ');
}

/** Where nobody knows how long the code is: four at the end, threes before. */
function fromTheEnd(digits: string): string {
  return `${digits.slice(0, -4).replace(/(?<=\d)(?=(?:\d{3})+$)/g, ' ')} ${digits.slice(-4)}`;
}
