/** Events that say nothing about a call, or too much too often: they are counted by name and never decoded. */
const SKIPPED = new Set([
  // states of lines, endpoints and of the PBX itself
  'DeviceStateChange',
  'ExtensionStatus',
  'PresenceStateChange',
  'PresenceStatus',
  'PeerStatus',
  'ContactStatus',
  'ContactStatusDetail',
  'Registry',
  'FullyBooted',
  'Load',
  'Unload',
  'Reload',
  // every step of the dialplan: more than 80 % of what an account with read=all receives
  'VarSet',
  'Newexten',
  // security
  'AuthMethodNotAllowed',
  'ChallengeResponseFailed',
  'ChallengeSent',
  'FailedACL',
  'InvalidAccountID',
  'InvalidPassword',
  'InvalidTransport',
  'LoadAverageLimit',
  'MemoryLimit',
  'RequestBadFormat',
  'RequestNotAllowed',
  'RequestNotSupported',
  'SessionLimit',
  'SuccessfulAuth',
  'UnexpectedAddress',
]);

const SKIPPED_FAMILIES = ['QueueMember', 'RTCP', 'DTMF', 'MusicOnHold'];

/** Whether frames of this event are counted and dropped (design §4). */
export function isSkipped(event: string): boolean {
  return SKIPPED.has(event) || SKIPPED_FAMILIES.some((family) => event.startsWith(family));
}
