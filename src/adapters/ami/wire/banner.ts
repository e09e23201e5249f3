/**
 * The AMI version that a banner tells, null when it is none of Asterisk: `Asterisk Call Manager/11.0.0`; a proxy says
 * for example `Asterisk Call Manager Proxy/1.21`.
 */
export function amiVersionOf(banner: string): string | null {
  return /Call Manager(?: Proxy)?\/(\S+)/.exec(banner)?.[1] ?? null;
}
