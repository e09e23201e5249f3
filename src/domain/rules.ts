/**
 * The settings of the decisions (design §7), in two halves (§12): what a call is, and whose it is. The defaults fit a stock
 * FreePBX; there is no built-in country.
 */
import { isSupportedCountry } from 'libphonenumber-js/max';
import { z } from 'zod';
import { CommslogError } from '../errors.ts';
import { pbxIdSchema } from './events.ts';
import { isDigitPattern, isGlob, matchesGlob } from './pattern.ts';

const MAX_LIST = 1000;
const EXTENSION_PATTERNS = ['XX', 'XXX', 'XXXX', 'XXXXX'];

const glob = z.string().refine(isGlob, 'a name of letters, digits and _ . @ : / + -, with * for any characters');
const digitPattern = z
  .string()
  .refine(isDigitPattern, 'a pattern as in Asterisk: digits, X, Z, N, a set as [1-5], . at the end');
const prefix = z.string().regex(/^[0-9*#]{1,8}$/, 'one to eight of 0–9, * and #');
const number = z.string().regex(/^\+?[0-9 ()./-]{2,32}$/, 'a phone number');
const country = z.string().refine(isSupportedCountry, 'a country as two letters, e.g. `GR`');

/** What is known of the numbers of one trunk. */
const trunkSchema = z.strictObject({
  numbers: z
    .enum(['e164_without_plus', 'national', 'as_dialled'])
    .optional()
    .describe(
      'how it presents numbers without `+`: from the country code on; without it, with or without the 0 before the area code; as a person in this country would dial them',
    ),
  prefixes: z.array(prefix).max(MAX_LIST).optional().describe('what the PBX puts before a number that it sends there'),
});

/** What a call is: the fold needs them. */
const callSettings = {
  extension_patterns: z
    .array(digitPattern)
    .max(MAX_LIST)
    .describe(
      'what is one of our extensions, and so never a number outside: not even in a country that has numbers as short',
    ),
  trunk_contexts: z.array(glob).max(MAX_LIST).describe('contexts in which a trunk’s channels begin'),
  internal_contexts: z.array(glob).max(MAX_LIST).describe('contexts in which our phones’ channels begin'),
  trunk_names: z.array(glob).max(MAX_LIST).describe('endpoints that are trunks, whatever their context'),
  shared_endpoints: z
    .array(glob)
    .max(MAX_LIST)
    .describe('endpoints that lead to our phones and to a provider: the number of each channel tells which'),
  machine_names: z.array(glob).max(MAX_LIST).describe('endpoints at which a machine speaks, such as an AI agent'),
  voicemail_contexts: z.array(glob).max(MAX_LIST).describe('contexts in which the PBX’s voicemail takes a caller'),
  queue_contexts: z
    .array(glob)
    .max(MAX_LIST)
    .describe('contexts in which a caller waits in the queue that the extension there names'),
  menu_contexts: z.array(glob).max(MAX_LIST).describe('contexts in which a caller chooses from a menu'),
  announcement_contexts: z.array(glob).max(MAX_LIST).describe('contexts in which a caller hears an announcement'),
  show_withheld: z
    .boolean()
    .describe(
      'whether a number is shown that its caller has asked the network not to present; raw facts have it anyway',
    ),
  log_internal: z.boolean().describe('whether internal calls are logged'),
};

/** Whose it is: they are asked of what was folded. */
const whoseSettings = {
  country: country
    .nullable()
    .describe(
      'how national numbers are read; null: only numbers with + or 00 become E.164. In Argentina mobiles with 9 or 15 and without are two numbers; in Mexico the former +52 1 … is read as +52 …',
    ),
  trunks: z
    .record(glob, trunkSchema)
    .describe('what is known of the numbers of trunks, by endpoint; of several that fit the longest counts'),
  outside_line_prefixes: z
    .array(prefix)
    .max(MAX_LIST)
    .describe(
      'what our people dial before an outside number, e.g. `9`; where none is named only what was sent to the provider tells',
    ),
  own_numbers: z.array(number).max(MAX_LIST).describe('our own numbers: never a customer’s'),
};

const settings = { ...callSettings, ...whoseSettings };

const matchingRuleSchema = z.enum(['number_at_the_time', 'later_owner']);

const overridesSchema = z.strictObject(settings).partial();

/** What decides rows. Absent settings have their defaults; an unknown one is an error. */
export const rulesSchema = z.strictObject({
  country: settings.country.default(null),
  extension_patterns: settings.extension_patterns.default(EXTENSION_PATTERNS),
  trunk_contexts: settings.trunk_contexts.default([
    'from-pstn',
    'from-pstn-*',
    'from-trunk',
    'from-trunk-*',
    'from-did-direct',
    'from-did-direct-*',
    'from-sip-external',
    'from-dahdi',
    'from-dahdi-*',
    'from-zaptel',
    'from-analog',
    'from-digital',
    'from-digital-*',
  ]),
  internal_contexts: settings.internal_contexts.default(['from-internal']),
  trunk_names: settings.trunk_names.default([]),
  shared_endpoints: settings.shared_endpoints.default([]),
  machine_names: settings.machine_names.default([]),
  trunks: settings.trunks.default({}),
  voicemail_contexts: settings.voicemail_contexts.default(['macro-vm', 'sub-vm*', 'ext-vm*', 'vm-*', '*voicemail*']),
  queue_contexts: settings.queue_contexts.default(['ext-queues']),
  menu_contexts: settings.menu_contexts.default(['ivr-*']),
  announcement_contexts: settings.announcement_contexts.default(['app-announcement-*']),
  outside_line_prefixes: settings.outside_line_prefixes.default([]),
  own_numbers: settings.own_numbers.default([]),
  show_withheld: settings.show_withheld.default(false),
  log_internal: settings.log_internal.default(false),
  matching: z
    .array(matchingRuleSchema)
    .min(1)
    .max(2)
    .default(['number_at_the_time', 'later_owner'])
    .describe('which rule is asked first for a number’s customer'),
  pbx: z.record(pbxIdSchema, overridesSchema).default({}).describe('other settings for one PBX, by its id'),
});
export type Rules = z.infer<typeof rulesSchema>;

const storedPatterns = z.array(z.string()).max(MAX_LIST);
export const storedRulesSchema = rulesSchema.extend({
  extension_patterns: storedPatterns.default(EXTENSION_PATTERNS),
  pbx: z.record(pbxIdSchema, overridesSchema.extend({ extension_patterns: storedPatterns.optional() })).default({}),
});
export type PbxRules = Omit<Rules, 'pbx'>;
/** What the fold is asked with. */
export type CallRules = Pick<PbxRules, keyof typeof callSettings>;
export type TrunkRules = z.infer<typeof trunkSchema>;

export function defaultRules(country: string | null): Rules {
  return parseRules({ country });
}

/** Throws `RULES_INVALID` whose fields point at what is wrong. */
export function parseRules(input: unknown): Rules {
  return parseAs(rulesSchema, input);
}

/**
 * Rules of the log or of a version, which this release or an earlier one has accepted: a pattern that is refused by now
 * matches nothing. Throws `RULES_INVALID`.
 */
export function parseStoredRules(input: unknown): Rules {
  return parseAs(storedRulesSchema, input);
}

/** The same by another schema. */
export function parseAs<S extends z.ZodType>(schema: S, input: unknown): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map((issue) => ({
    pointer: `#${issue.path.map((step) => `/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')}`,
    detail: issue.message,
  }));
  const list = fields.map(({ pointer, detail }) => `${pointer}: ${detail}`).join('; ');
  throw new CommslogError('RULES_INVALID', `the rules are not valid. ${list}`, { fields });
}

/** The rules as they hold for one PBX. */
export function rulesFor(rules: Rules, pbx: string): PbxRules {
  const { pbx: overrides, ...general } = rules;
  return { ...general, ...overrides[pbx] };
}

/** The settings of the first half, with those of single PBXs: where two rules agree in them, they give the same calls. */
export function callSettingsOf({ pbx, ...general }: Rules): unknown {
  const own = Object.entries(pbx).map(([id, overrides]) => [id, firstHalf(overrides)] as const);
  return { ...firstHalf(general), pbx: Object.fromEntries(own.filter(([, its]) => Object.keys(its).length > 0)) };
}

function firstHalf(some: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(some).filter(([name]) => Object.hasOwn(callSettings, name)));
}

/** What the rules say of the trunk's numbers. */
export function trunkRulesFor({ trunks }: PbxRules, trunk: string): TrunkRules {
  const fitting = Object.keys(trunks).filter((name) => matchesGlob(name, trunk));
  const [nearest] = fitting.sort((a, b) => b.length - a.length || (a < b ? -1 : 1));
  return nearest === undefined ? {} : (trunks[nearest] ?? {});
}
