/**
 * Where in a frame stands what a fact is read from. Frames of one event have the same keys in the same order, so this is
 * worked out once, and found again by comparing keys. Only this file and `factFields.ts` know keys of AMI.
 */
import type { Role } from './fact.ts';

/** A line of a frame. */
export type Line = readonly [key: string, value: string];

/** Of the line of a value; -1: there is none. */
type Nth = number;

const NAMED = [
  'timestamp',
  'dialstatus',
  'dialstring',
  'cause',
  'techcause',
  'result',
  'cid-callingpres',
  'channel',
  'destinationchannel',
  'destinationcontext',
  'source',
  'destination',
  'callerid',
  'lastapplication',
  'lastdata',
  'starttime',
  'answertime',
  'endtime',
  'disposition',
  'dnid',
  'application',
  'queue',
] as const;
export type Named = (typeof NAMED)[number];

export type ChannelLayout = {
  readonly role: Role;
  readonly uniqueid: Nth;
  readonly name: Nth;
  readonly linkedid: Nth;
  readonly state: Nth;
  readonly callerNumber: Nth;
  readonly callerName: Nth;
  readonly connectedNumber: Nth;
  readonly context: Nth;
  readonly exten: Nth;
  readonly priority: Nth;
};

export type BridgeLayout = { readonly id: Nth; readonly type: Nth; readonly technology: Nth };

export type FactLayout = {
  /** as AMI spells them */
  readonly keys: readonly string[];
  /** every `…Uniqueid` that is a channel's, with what stands beside it */
  readonly channels: readonly ChannelLayout[];
  /** every `…BridgeUniqueid`; lists of channels call it `BridgeId` */
  readonly bridges: readonly BridgeLayout[];
  readonly named: Readonly<Record<Named, Nth>>;
};

/** From outside come any keys, so they are looked up in a Map. */
const ROLE_OF_PREFIX: ReadonlyMap<string, Role> = new Map(
  Object.entries<Role>({
    '': 'subject',
    dest: 'dest',
    source: 'source',
    localone: 'local_one',
    localtwo: 'local_two',
    transferer: 'transferer',
    origtransferer: 'transferer',
    secondtransferer: 'second_transferer',
    transferee: 'transferee',
    transfertarget: 'transfer_target',
    parkee: 'parkee',
    retriever: 'retriever',
    target: 'picked_up',
  }),
);

const UNIQUEID = 'uniqueid';
const BRIDGE_UNIQUEID = 'bridgeuniqueid';

/** So many are kept at a time; then all are forgotten. AMI has some hundreds; what a peer makes up is worked out each time. */
const MOST_KEPT = 500;
const MOST_KEYS = 100;
const LONGEST_KEY = 64;

let kept = 0;
const layoutsOf = new Map<string, FactLayout[]>();

/** The layout of a frame that became a fact of this type. */
export function factLayoutOf(type: string, lines: readonly Line[]): FactLayout {
  const ofType = layoutsOf.get(type);
  if (ofType) for (const layout of ofType) if (isOf(layout, lines)) return layout;
  const layout = newLayout(lines);
  if (lines.length <= MOST_KEYS && layout.keys.every((key) => key.length <= LONGEST_KEY)) keep(type, layout);
  return layout;
}

function isOf({ keys }: FactLayout, lines: readonly Line[]): boolean {
  if (keys.length !== lines.length) return false;
  for (let nth = 0; nth < keys.length; nth += 1) if (keys[nth] !== lines[nth]?.[0]) return false;
  return true;
}

function keep(type: string, layout: FactLayout): void {
  if (kept === MOST_KEPT) {
    layoutsOf.clear();
    kept = 0;
  }
  const ofType = layoutsOf.get(type);
  if (ofType) ofType.push(layout);
  else layoutsOf.set(type, [layout]);
  kept += 1;
}

/** Keys count without regard to case (AMI writes `DestUniqueId` and `DestUniqueid`); of one that is repeated the first line. */
function newLayout(lines: readonly Line[]): FactLayout {
  const nthOf = new Map<string, Nth>();
  for (const [nth, [key]] of lines.entries()) {
    const name = key.toLowerCase();
    if (!nthOf.has(name)) nthOf.set(name, nth);
  }
  const find = (name: string): Nth => nthOf.get(name) ?? -1;
  const names = [...nthOf.keys()];
  const bridges = names.flatMap((name) => bridgeAt(name, find));
  return {
    keys: lines.map(([key]) => key),
    channels: names.flatMap((name) => channelAt(name, find)),
    bridges: nthOf.has('bridgeid') ? [...bridges, { id: find('bridgeid'), type: -1, technology: -1 }] : bridges,
    named: Object.fromEntries(NAMED.map((name) => [name, find(name)])) as Record<Named, Nth>,
  };
}

function channelAt(name: string, find: (name: string) => Nth): ChannelLayout[] {
  if (!name.endsWith(UNIQUEID)) return [];
  const prefix = name.slice(0, -UNIQUEID.length);
  if (prefix.endsWith('bridge') || prefix === 'swap') return [];
  return [
    {
      role: ROLE_OF_PREFIX.get(prefix) ?? 'other',
      uniqueid: find(name),
      name: find(`${prefix}channel`),
      linkedid: find(`${prefix}linkedid`),
      state: find(`${prefix}channelstate`),
      callerNumber: find(`${prefix}calleridnum`),
      callerName: find(`${prefix}calleridname`),
      connectedNumber: find(`${prefix}connectedlinenum`),
      context: find(`${prefix}context`),
      exten: find(`${prefix}exten`),
      priority: find(`${prefix}priority`),
    },
  ];
}

function bridgeAt(name: string, find: (name: string) => Nth): BridgeLayout[] {
  if (!name.endsWith(BRIDGE_UNIQUEID)) return [];
  const prefix = name.slice(0, -BRIDGE_UNIQUEID.length);
  return [{ id: find(name), type: find(`${prefix}bridgetype`), technology: find(`${prefix}bridgetechnology`) }];
}
