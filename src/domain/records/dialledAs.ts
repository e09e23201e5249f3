/** How the called channel of a record was dialled, as the arguments of its Dial tell. */
import { parseChannelName } from '../channels/channelName.ts';
import { type Dialled, readTarget } from '../channels/dialTarget.ts';
import type { ImportedRecord } from './importedRecord.ts';

/**
 * `PJSIP/6945556678@provider` and `SIP/provider/6945556678` send a number through a trunk, `PJSIP/101/sip:101@…` and
 * `SIP/101` call a phone. Null where the record is no Dial or its arguments name another channel: they are cut after 80
 * characters, and a transfer leaves those of before.
 */
export function dialledAs({ lastApplication, lastData, destinationChannel }: ImportedRecord): Dialled | null {
  if (lastApplication?.toLowerCase() !== 'dial' || lastData === null || destinationChannel === null) return null;
  const { technology, endpoint, pair } = parseChannelName(destinationChannel);
  if (pair !== null) return null;
  const [all = ''] = lastData.split(',');
  const targets = all.split('&').filter((target) => target.startsWith(`${technology}/`));
  const found = targets.map((target) =>
    readTarget(target.slice(technology.length + 1), endpoint, targets.length === 1),
  );
  return found.find((dialled) => dialled !== null) ?? null;
}
