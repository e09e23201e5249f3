import fc from 'fast-check';
import { LISTENER_FACT_TYPES, OTHER_PBX_FACT, PBX_FACT_TYPES } from '../../src/domain/events.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';

/** Any frame about a few channels and bridges, as nonsensical as a PBX, a bug or an attacker could make it. */
export function anyFact(): fc.Arbitrary<Fact> {
  const ids = ['1.1', '1.2', 'pbx1-2.10', '2.9', 'no id', '__proto__', '<unknown>'];
  const names = ['PJSIP/mytrunk-1', 'PJSIP/101-2', 'Local/1@a-1;1', 'Local/1@a-1;2', 'Local/1@a-1;2', '/', ';1', 'x'];
  const value = fc.oneof(
    fc.constantFrom(
      ...ids,
      ...names,
      '',
      '0',
      '4',
      '5',
      '6',
      '17',
      'basic',
      'parking',
      'base',
      'ANSWERED',
      'VoiceMail',
    ),
    fc.constantFrom('from-pstn', 'from-internal', 'macro-vm', '6912345678', '2026-11-23 02:33:06', 'RINGING', '1@a/b'),
    fc.string(),
  );
  const keys = [
    'Channel',
    'Uniqueid',
    'Linkedid',
    'ChannelState',
    'Context',
    'Exten',
    'CallerIDNum',
    'ConnectedLineNum',
  ];
  const others = ['BridgeUniqueid', 'BridgeType', 'DialString', 'DialStatus', 'Cause', 'DestinationChannel', 'EndTime'];
  const key = fc.oneof(
    fc.constantFrom(...keys),
    fc
      .tuple(fc.constantFrom('Dest', 'Transferee', 'LocalOne', 'LocalTwo', 'Orig'), fc.constantFrom(...keys))
      .map((parts) => parts.join('')),
    fc.constantFrom(...others, 'Timestamp', 'Disposition', 'LastApplication', 'AnswerTime'),
  );
  const types = [...Object.values(PBX_FACT_TYPES), ...Object.values(LISTENER_FACT_TYPES), OTHER_PBX_FACT];
  return fc
    .record({
      type: fc.constantFrom(...types),
      fields: fc.array(fc.tuple(key, value), { minLength: 3, maxLength: 14 }),
      session: fc.constantFrom(0, 1),
      seq: fc.nat(60),
      received_at: fc.constantFrom(null, '2026-11-23T02:33:06.221257Z', '2026-11-23T02:33:09Z'),
    })
    .map(({ type, fields, ...received }) => {
      const metadata = {
        v: 1,
        recorded_at: '2026-11-23T02:33:07Z',
        app: 'test',
        $correlationId: 'x',
        pbx: 'pbx',
        ...received,
      };
      return factOf({ type, data: { fields }, metadata });
    });
}
