/** What the values of settings may be, and how a text becomes one. */
import { BlockList, isIPv6 } from 'node:net';
import { isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import { isTimeZone } from './domain/zone.ts';

export const port = z.coerce.number().int().min(0).max(65_535);
const ROLLBACK_HOURS = { error: 'whole hours from 0 (until dropped by hand) to 87600 (ten years)' };
export const rollbackHours = z.coerce
  .number(ROLLBACK_HOURS)
  .int(ROLLBACK_HOURS)
  .min(0, ROLLBACK_HOURS)
  .max(87_600, ROLLBACK_HOURS);
const PACK_DAYS = { error: 'whole days from 0 (never) to 3650 (ten years)' };
export const packDays = z.coerce.number(PACK_DAYS).int(PACK_DAYS).min(0, PACK_DAYS).max(3_650, PACK_DAYS);
export const onOff = z.enum(['on', 'off']).transform((value) => value === 'on');
export const urlOf = (...protocols: string[]) =>
  z.string().refine((text) => protocols.some((protocol) => text.startsWith(`${protocol}://`)) && URL.canParse(text), {
    error: `a URL that begins with ${protocols.map((protocol) => `${protocol}://`).join(' or ')}`,
  });
export const listOf = (item: z.ZodType<string, string>, byDefault = '') =>
  z
    .string()
    .default(byDefault)
    .transform((text) =>
      text
        .split(',')
        .map((part) => part.trim())
        .filter((part) => part !== ''),
    )
    .pipe(z.array(item));
const PROXY = {
  error:
    'addresses of proxies, networks such as 10.0.0.0/24, or `loopback`, separated by commas; `true`, a number of proxies or a network of all addresses would believe everybody',
};
export const proxy = z
  .union([z.literal('loopback'), z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], PROXY)
  .refine((text) => !/\/0+$/.test(text) && !holdsIPv4(text), PROXY);
/** Whether it is a network of IPv6 with IPv4 in it: an address of IPv4 is looked for there as `::ffff:…`, however it is written. */
function holdsIPv4(text: string): boolean {
  const [address = '', bits] = text.split('/');
  if (bits === undefined || !isIPv6(address)) return false;
  const [network, ofIPv4] = [new BlockList(), new BlockList()];
  network.addSubnet(address, Number(bits), 'ipv6');
  ofIPv4.addSubnet('::ffff:0:0', 96, 'ipv6');
  return network.check('::ffff:0:0', 'ipv6') || ofIPv4.check(address, 'ipv6');
}

export const timeZone = z.string().refine(isTimeZone, { error: 'an IANA time zone, such as Europe/Athens' });
export const cdrDatabaseUrl = urlOf('mysql', 'mariadb', 'postgres', 'postgresql');
/** Not `URL.canParse`: of a cluster it names several hosts with ports. */
export const eventStoreUrl = z
  .string()
  .regex(/^esdb(?:\+discover)?:\/\/(?:[^\s@/?]+@)?[^\s@/?,]+(?:,[^\s@/?,]+)*\/?(?:\?\S+)?$/, {
    error: 'a URL that begins with esdb:// or esdb+discover://',
  });
export const country = z
  .string()
  .refine((text) => /^[A-Z]{2}$/.test(text) && isSupportedCountry(text), 'two capital letters (ISO 3166), such as GR');
