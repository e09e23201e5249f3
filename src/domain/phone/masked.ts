import parsePhoneNumber from 'libphonenumber-js/max';

/** Numbers that are as short are services and extensions: there is nothing to hide. */
const LONGEST_SHOWN = 4;
const SHOWN_AT_END = 2;
const SHOWN_OF_NATIONAL = 3;
/** What is as long in a text could be a number: no count, no year. Ids of calls (`1795401186.221`) and of channels (`-0000001a`) are none. */
const IN_TEXT = /(?<![\d.-])\+?\d{7,}(?![\d.]*\.\d)/g;

/** `+306912345678` → `+30 691 *** **78`: enough to tell callers apart, and too little to call them. */
export function maskedNumber(number: string): string {
  const digits = number.replace(/\D/g, '');
  if (digits.length <= LONGEST_SHOWN) return number;
  const code = number.startsWith('+') ? parsePhoneNumber(number)?.countryCallingCode : undefined;
  const national = code === undefined ? digits : digits.slice(code.length);
  const last = digits.slice(-SHOWN_AT_END);
  if (national.length <= 2 * SHOWN_OF_NATIONAL) return `*** **${last}`;
  return `${code === undefined ? '' : `+${code} `}${national.slice(0, SHOWN_OF_NATIONAL)} *** **${last}`;
}

/** A text with all in it masked that could be a number. */
export function maskedText(text: string): string {
  return text.replaceAll(IN_TEXT, maskedNumber);
}
