/** What a channel's name tells: `PJSIP/sip-provider-00000078`, `DAHDI/i1/6912345678-2`, `Local/103@from-queue-00000008;1`. */
export type ChannelName = {
  readonly technology: string;
  /** the phone or trunk; may hold dashes or be all digits */
  readonly endpoint: string;
  /** of a Local channel: what both halves share, and which half this is */
  readonly pair: { readonly stem: string; readonly half: 1 | 2 } | null;
};

/** Channels that the PBX makes for itself: announcers, recorders, what is left of an attempt. Nobody speaks there. */
const TECHNICAL: ReadonlySet<string> = new Set([
  'Announcer',
  'AsyncGoto',
  'Bridge',
  'CBAnn',
  'CBRec',
  'Message',
  'MulticastRTP',
  'Parked',
  'OutgoingSpoolFailed',
  'Recorder',
  'Surrogate',
  'Transfered',
]);

/** The timing source of old conference rooms. */
const TECHNICAL_ENDPOINTS: ReadonlySet<string> = new Set(['DAHDI/pseudo', 'Zap/pseudo']);

/** What programs hear and speak through: an agent that is an AI, a recognizer, a spy. */
const MACHINES: ReadonlySet<string> = new Set(['AudioSocket', 'Snoop', 'UnicastRTP', 'WebSocket']);

/** What phones are connected by; gateways of providers and what came after us are not among them. */
const OF_PHONES: ReadonlySet<string> = new Set([
  'CAPI',
  'DAHDI',
  'H323',
  'IAX2',
  'MGCP',
  'Motif',
  'OOH323',
  'PJSIP',
  'SCCP',
  'SIP',
  'Skinny',
  'USTM',
  'Zap',
  'mISDN',
]);

export function parseChannelName(name: string): ChannelName {
  const slash = name.indexOf('/');
  const technology = slash < 0 ? name : name.slice(0, slash);
  const rest = slash < 0 ? '' : name.slice(slash + 1);
  const half = /^(.*);([12])$/.exec(rest);
  const numbered = half?.[1] ?? rest;
  const dash = numbered.lastIndexOf('-');
  const [endpoint = ''] = (dash < 0 ? numbered : numbered.slice(0, dash)).split('/');
  const pair = half ? { stem: numbered, half: half[2] === '1' ? (1 as const) : (2 as const) } : null;
  return { technology, endpoint, pair };
}

export function isTechnical(name: ChannelName): boolean {
  return TECHNICAL.has(name.technology) || TECHNICAL_ENDPOINTS.has(`${name.technology}/${name.endpoint}`);
}

export function isMachine(name: ChannelName): boolean {
  return MACHINES.has(name.technology);
}

export function isOfPhones(name: ChannelName): boolean {
  return OF_PHONES.has(name.technology);
}

export function isLocal(name: ChannelName): boolean {
  return name.technology === 'Local';
}

export function isSameEndpoint(a: ChannelName | null, b: ChannelName): boolean {
  return a?.technology === b.technology && a.endpoint === b.endpoint;
}
