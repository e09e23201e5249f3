import fc from 'fast-check';
import { CALL_RECORD_IMPORTED } from '../../src/domain/events.ts';
import type { Fact } from '../../src/domain/facts/fact.ts';
import { factOf } from '../../src/domain/facts/factOf.ts';

const NAMES = [
  'PJSIP/mytrunk-1',
  'PJSIP/mytrunk-2',
  'PJSIP/101-2',
  'PJSIP/102-3',
  'Local/1@a-1;1',
  'Local/1@a-1;2',
  'Local/2@a-2;1',
  'DAHDI/i1/6912345678-2',
  '/',
  ';1',
  'x',
  '',
];

/** Any call record about a few channels, as nonsensical as a dialplan or a broken table could make it. */
export function anyRecord(
  uniqueids: readonly string[] = ['1.1', '1.2', 'pbx1-2.10', '2.9', 'no id'],
): fc.Arbitrary<Fact> {
  const of = (...values: readonly string[]) => fc.oneof(fc.constantFrom(...values), fc.string({ maxLength: 20 }));
  const columns = fc.record({
    uniqueid: fc.constantFrom(...uniqueids),
    linkedid: fc.constantFrom(...uniqueids, ''),
    channel: fc.constantFrom(...NAMES),
    dstchannel: fc.constantFrom(...NAMES),
    dcontext: of('from-did-direct', 'from-internal', 'ext-local', 'macro-vm', ''),
    src: of('6912345678', '101', 'anonymous', ''),
    dst: of('101', '96912345678', 's', ''),
    did: of('2101234567', ''),
    cnum: of('101', '6912345678', ''),
    cnam: of('Anna', '6912345678', ''),
    lastapp: of('Dial', 'Queue', 'VoiceMail', 'ConfBridge', 'Hangup', 'Return', ''),
    lastdata: of('PJSIP/101/sip:101@h,15', 'PJSIP/69123@mytrunk,300', 'DAHDI/g0/69123', '&&,', '/', ''),
    disposition: of('ANSWERED', 'NO ANSWER', 'BUSY', 'FAILED', 'CONGESTION', ''),
    duration: of('0', '7', '3600', '-1', ''),
    billsec: of('0', '3', '9999', ''),
    sequence: of('0', '5', ''),
    calldate: of('2026-11-23 02:33:06', ''),
    answer: of('2026-11-23 02:33:08', '2020-01-01 00:00:00', ''),
  });
  const beginnings = fc.constantFrom('2026-11-23T02:33:06Z', '2026-11-23T02:33:06.5Z', '1970-01-01T00:00:01Z');
  return fc.tuple(columns, beginnings, fc.boolean()).map(([values, began_at, isAmbiguous]) => {
    const metadata = {
      v: 1,
      recorded_at: '2026-11-24T00:00:00Z',
      app: 'test',
      $correlationId: 'x',
      pbx: 'pbx',
      began_at,
      time_zone: 'UTC',
      ...(isAmbiguous ? { ambiguous_hour: true } : {}),
    };
    return factOf({ type: CALL_RECORD_IMPORTED, data: { fields: Object.entries(values) }, metadata });
  });
}
