import { CommslogError } from '../../../errors.ts';

/**
 * The AMI version that a banner tells, null when it is none of Asterisk: `Asterisk Call Manager/11.0.0`; a proxy says
 * for example `Asterisk Call Manager Proxy/1.21`.
 */
export function amiVersionOf(banner: string): string | null {
  return /Call Manager(?: Proxy)?\/(\S+)/.exec(banner)?.[1] ?? null;
}

/** The first AMI of which every frame says to which call its channel belongs (Linkedid); it came with Asterisk 12. */
const OLDEST = 2;

/** Whether it is a banner of an Asterisk that is too old to be understood. What a proxy says is its own version. */
export function isTooOld(banner: string): boolean {
  const major = /Call Manager\/(\d{1,4})\b/.exec(banner)?.[1];
  return major !== undefined && Number(major) < OLDEST;
}

export function tooOld(): CommslogError {
  return new CommslogError(
    'AMI_TOO_OLD',
    'this is an Asterisk before 12, which does not say which channels are one call: Asterisk 12 or newer is needed',
  );
}
