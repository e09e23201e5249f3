/** What a person sees when the program has started. It goes to standard output; the log goes to standard error. */
export function banner(facts: {
  readonly url: string;
  readonly link: string | null;
  readonly mode: string;
  readonly log: string;
  readonly pbxs: readonly string[];
  readonly dataDir: string;
}): string {
  const rows: readonly (readonly [string, string])[] = [
    ['web app', facts.url],
    ['sign in', facts.link ?? 'commslog token --link --role admin (needs PUBLIC_URL with https)'],
    ['mode', facts.mode],
    ['log', facts.log],
    ['PBX', facts.pbxs.length > 0 ? facts.pbxs.join(', ') : 'none configured: nothing is listened to'],
    ['data', facts.dataDir],
    ['stop', 'Ctrl-C'],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return [
    '',
    '  commslog is running',
    '',
    ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`),
    '',
  ].join('\n');
}
