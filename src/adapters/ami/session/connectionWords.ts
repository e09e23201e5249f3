import type { ErrorCode } from '../../../errors.ts';

/** What a person reads about a connection that failed, and what to do about it. */
const WORDS: Partial<Record<ErrorCode, string>> = {
  AMI_UNREACHABLE: 'Nothing answers at the address of the PBX: check host, port and firewall, and that it runs.',
  AMI_TLS: 'The TLS connection to the PBX failed: check its certificate, the CA file and the port.',
  AMI_NO_BANNER:
    'Something answers at the address of the PBX, but it did not greet: check that the port is the manager port.',
  AMI_NOT_ASTERISK: 'What answers at the address of the PBX is no Asterisk manager port. The password was not sent.',
  AMI_TOO_OLD:
    'The PBX is an Asterisk before 12, whose calls cannot be told apart: Asterisk 12 or newer is needed. The password was not sent.',
  AMI_LOGIN_REFUSED:
    'The PBX refused the login: the user name or password is wrong, or this machine is not permitted. It is tried again slowly.',
  AMI_TIMEOUT: 'The PBX is connected but does not answer.',
  AMI_CONNECTION_LOST: 'The connection to the PBX was lost.',
  AMI_NEW_LOGIN: 'The account of the PBX may ask for more by now: logging in anew.',
  AMI_LINE_TOO_LONG: 'The PBX sent a line that is longer than any of AMI: is it a manager port?',
  AMI_FRAME_TOO_LARGE: 'The PBX sent a message that is larger than any of AMI: is it a manager port?',
};

export const wordsFor = (code: ErrorCode): string => WORDS[code] ?? 'The connection to the PBX failed.';

/** It does not pass by itself: it is tried again slowly. */
export const needsAPerson = (code: ErrorCode): boolean => code === 'AMI_LOGIN_REFUSED' || code === 'AMI_TOO_OLD';
