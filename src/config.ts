/** What connects (design §11): the environment and `commslog.json`, read once, checked by one schema. */
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import {
  cdrDatabaseUrl,
  country,
  eventStoreUrl,
  listOf,
  onOff,
  packDays,
  port,
  proxy,
  rollbackHours,
  timeZone,
  urlOf,
} from './configValues.ts';
import { pbxIdSchema } from './domain/events.ts';
import { issuerSchema } from './domain/subject.ts';
import { CommslogError, type FieldProblem } from './errors.ts';
import { inspect, readSecret } from './secretFile.ts';

/** Every environment variable: its check, its default, and what the README says of it. */
const variables = {
  AMI_HOST: z
    .string()
    .min(1)
    .optional()
    .describe('host of the PBX’s manager port; without it (and without `pbx` in the file) nothing is listened to'),
  AMI_PORT: port.default(5038).describe('port of the manager interface (5039 is usual for TLS)'),
  AMI_USERNAME: z.string().min(1).optional().describe('manager user with `read = call,cdr`'),
  AMI_PASSWORD: z.string().min(1).optional().describe('its secret'),
  AMI_PASSWORD_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('a file that holds the secret, open to nobody else (`chmod 600`), instead of AMI_PASSWORD'),
  AMI_ORIGINATE_USERNAME: z
    .string()
    .min(1)
    .optional()
    .describe('manager user that begins calls (`write = originate`), where AMI_USERNAME must not; for nothing else'),
  AMI_ORIGINATE_PASSWORD: z.string().min(1).optional().describe('its secret'),
  AMI_ORIGINATE_PASSWORD_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('a file that holds it (`chmod 600`), instead of AMI_ORIGINATE_PASSWORD'),
  AMI_TLS: onOff.default(false).describe('`on`: TLS with a checked certificate'),
  AMI_TLS_CA_FILE: z.string().min(1).optional().describe('PEM file of the authority that signed the PBX’s certificate'),
  AMI_TIMEZONE: timeZone
    .optional()
    .describe('IANA time zone of the PBX, whose local time its call records have; default UTC'),
  PBX_ID: pbxIdSchema
    .refine((id) => id !== 'demo', '`demo` is taken')
    .default('pbx')
    .describe('id of this PBX in the log; never rename it'),
  DATABASE_URL: urlOf('postgres', 'postgresql')
    .optional()
    .describe('PostgreSQL ≥ 15 of your own; without it an embedded one is started'),
  EVENTSTORE_URL: eventStoreUrl.optional().describe('EventStoreDB for the log; without it the log is in PostgreSQL'),
  CDR_DATABASE_URL: cdrDatabaseUrl
    .optional()
    .describe('the PBX’s call record database (a user who may only read): gaps are filled from it'),
  DATA_DIR: z
    .string()
    .min(1)
    .default('./data')
    .describe('folder of what is kept here: the journal, the signing secret, the embedded PostgreSQL'),
  SERVER_NAME: z
    .string()
    .regex(/^[\w.-]{1,63}$/, { error: 'at most 63 letters, digits, dots, dashes and underscores' })
    .optional()
    .describe('what this server is called among several on one database; default: the name of its host'),
  HTTP_HOST: z.string().min(1).default('127.0.0.1').describe('address that the web app and API listen on'),
  HTTP_PORT: port.default(8080).describe('their port; when it is taken the next free one is used'),
  PUBLIC_URL: urlOf('http', 'https').optional().describe('how browsers reach it; off loopback it must be https'),
  CORS_ORIGINS: listOf(urlOf('http', 'https')).describe('origins of the CRM’s own pages, separated by commas'),
  TRUST_PROXY: listOf(proxy, 'loopback').describe(
    'addresses or networks (`10.0.0.0/24`) of proxies, separated by commas, `loopback` for this machine: who asks is who they say',
  ),
  AUTH_SECRET_FILE: z
    .string()
    .min(1)
    .optional()
    .describe('file with the secret that signs local tokens; default `DATA_DIR/secret`, made on first use'),
  JWT_JWKS_URL: urlOf('https', 'http').optional().describe('keys of an issuer whose tokens are accepted too'),
  JWT_ISSUER: issuerSchema.optional().describe('the `iss` of its tokens'),
  JWT_AUDIENCE: z.string().min(1).optional().describe('the `aud` that its tokens must have'),
  AUTO_ACTIVATE: onOff.default(false).describe('`on`: a newly built read-model version is served without asking'),
  ROLLBACK_HOURS: rollbackHours
    .default(168)
    .describe('for how many hours the read-model version before is kept to go back to; 0: until it is dropped by hand'),
  PACK_AFTER_DAYS: packDays
    .default(7)
    .describe('after how many days events of a log in PostgreSQL are packed, a tenth of their size; 0: never'),
  DEMO: onOff.optional().describe('`off`: start empty where the demo would run'),
  COUNTRY: country.optional().describe('country whose national numbers are understood; seeds `rules.json`'),
  RULES_FILE: z.string().min(1).default('rules.json').describe('the rules file; it need not exist'),
  CONFIG_FILE: z
    .string()
    .min(1)
    .default('commslog.json')
    .describe('file with the same names as keys, and `pbx` for several PBXs; `chmod 600` when a password is in it'),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'])
    .default('info')
    .describe('how much is logged'),
} as const;

export type ConfigVariable = { readonly name: string; readonly description: string; readonly default: string | null };

/** For the README's table, `.env.example` and the checks of the deployment files. */
export const CONFIG_VARIABLES: readonly ConfigVariable[] = Object.entries(variables).map(([name, schema]) => {
  const absent = schema.safeParse(undefined);
  const value = absent.success ? absent.data : undefined;
  return { name, description: schema.description ?? '', default: value === undefined ? null : defaultText(value) };
});

const pbxSchema = z
  .strictObject({
    id: pbxIdSchema.refine((id) => id !== 'demo', '`demo` is taken'),
    host: z.string().min(1),
    port: port.default(5038),
    username: z.string().min(1),
    password: z.string().min(1).optional(),
    password_file: z.string().min(1).optional(),
    originate_username: z.string().min(1).optional(),
    originate_password: z.string().min(1).optional(),
    originate_password_file: z.string().min(1).optional(),
    tls: z.boolean().default(false),
    tls_ca_file: z.string().min(1).optional(),
    timezone: timeZone.optional(),
    cdr_database_url: cdrDatabaseUrl.optional(),
  })
  .refine((pbx) => (pbx.password === undefined) !== (pbx.password_file === undefined), {
    error: 'exactly one of `password` and `password_file`',
    path: ['password'],
  });

const environmentSchema = z.object(variables);
const fileSchema = z.strictObject({
  ...Object.fromEntries(
    Object.keys(variables).map((name) => [name, z.union([z.string(), z.number(), z.boolean()]).optional()]),
  ),
  pbx: z.array(pbxSchema).max(64).optional(),
});

export type PbxConfig = {
  readonly id: string;
  readonly host: string;
  readonly port: number;
  readonly username: string;
  readonly password: string;
  /** the account by which calls are begun; null: the same */
  readonly originate: { readonly username: string; readonly password: string } | null;
  readonly tls: { readonly ca: string | null } | null;
  readonly timezone: string | null;
  readonly cdrDatabaseUrl: string | null;
};

export type Config = Omit<
  z.infer<typeof environmentSchema>,
  | 'AMI_HOST'
  | 'AMI_PORT'
  | 'AMI_USERNAME'
  | 'AMI_PASSWORD'
  | 'AMI_PASSWORD_FILE'
  | 'AMI_ORIGINATE_USERNAME'
  | 'AMI_ORIGINATE_PASSWORD'
  | 'AMI_ORIGINATE_PASSWORD_FILE'
  | 'AMI_TLS'
  | 'AMI_TLS_CA_FILE'
> & {
  readonly pbxs: readonly PbxConfig[];
  /** names of the settings that the environment or the file has, not their values */
  readonly given: readonly string[];
};

/**
 * Reads the configuration; the environment wins over the file. An empty variable counts as absent.
 * Errors: `CONFIG_INVALID` whose message and `fields` name each variable and what it must be; no value is repeated.
 */
export function loadConfig(environment: Readonly<Record<string, string | undefined>>): Config {
  const given = Object.fromEntries(
    Object.keys(variables)
      .map((name) => [name, environment[name]] as const)
      .filter(([, value]) => value !== undefined && value !== ''),
  );
  const path = environment.CONFIG_FILE || variables.CONFIG_FILE.parse(undefined);
  const { pbx = [], ...fromFile } = readConfigFile(path, environment.CONFIG_FILE !== undefined);
  const parsed = environmentSchema.safeParse({ ...textual(fromFile), ...given });
  if (!parsed.success) throw invalid(parsed.error, 'environment');
  const values = parsed.data;
  const pbxs = [...(values.AMI_HOST === undefined ? [] : [singlePbx(values)]), ...pbx.map(ofFile)];
  const twice = pbxs.find((one, index) => pbxs.findIndex((other) => other.id === one.id) !== index);
  if (twice) throw problem('#/pbx', `the id ${twice.id} stands twice; every PBX needs its own`);
  if (
    [values.JWT_JWKS_URL, values.JWT_ISSUER, values.JWT_AUDIENCE].filter((value) => value !== undefined).length % 3 !==
    0
  ) {
    throw problem('#/JWT_JWKS_URL', 'JWT_JWKS_URL, JWT_ISSUER and JWT_AUDIENCE go together: set all three or none');
  }
  const names = [...Object.keys(fromFile), ...Object.keys(given), ...(pbx.length > 0 ? ['pbx'] : [])];
  return { ...values, pbxs, given: [...new Set(names)] };
}

function singlePbx(values: z.infer<typeof environmentSchema>): PbxConfig {
  if (values.AMI_USERNAME === undefined) throw problem('#/AMI_USERNAME', 'missing: AMI_HOST needs it');
  if ((values.AMI_PASSWORD === undefined) === (values.AMI_PASSWORD_FILE === undefined)) {
    throw problem('#/AMI_PASSWORD', 'set exactly one of AMI_PASSWORD and AMI_PASSWORD_FILE');
  }
  return {
    id: values.PBX_ID,
    host: values.AMI_HOST ?? '',
    port: values.AMI_PORT,
    username: values.AMI_USERNAME,
    password: values.AMI_PASSWORD ?? secretOf('#/AMI_PASSWORD_FILE', values.AMI_PASSWORD_FILE ?? ''),
    originate: originateOf(
      {
        username: values.AMI_ORIGINATE_USERNAME,
        password: values.AMI_ORIGINATE_PASSWORD,
        file: values.AMI_ORIGINATE_PASSWORD_FILE,
      },
      (what) => `#/AMI_ORIGINATE_${what.toUpperCase()}`,
    ),
    tls: values.AMI_TLS ? { ca: caOf('#/AMI_TLS_CA_FILE', values.AMI_TLS_CA_FILE) } : null,
    timezone: values.AMI_TIMEZONE ?? null,
    cdrDatabaseUrl: values.CDR_DATABASE_URL ?? null,
  };
}

function ofFile(pbx: z.infer<typeof pbxSchema>, index: number): PbxConfig {
  const at = (name: string) => `#/pbx/${index}/${name}`;
  return {
    id: pbx.id,
    host: pbx.host,
    port: pbx.port,
    username: pbx.username,
    password: pbx.password ?? secretOf(at('password_file'), pbx.password_file ?? ''),
    originate: originateOf(
      { username: pbx.originate_username, password: pbx.originate_password, file: pbx.originate_password_file },
      (what) => at(`originate_${what}`),
    ),
    tls: pbx.tls ? { ca: caOf(at('tls_ca_file'), pbx.tls_ca_file) } : null,
    timezone: pbx.timezone ?? null,
    cdrDatabaseUrl: pbx.cdr_database_url ?? null,
  };
}

type OriginateAccount = Readonly<Record<'username' | 'password' | 'file', string | undefined>>;

/** Both or neither. Errors: `CONFIG_INVALID`, at the place that `at` tells. */
function originateOf(
  { username, password, file }: OriginateAccount,
  at: (what: 'username' | 'password' | 'password_file') => string,
): PbxConfig['originate'] {
  if (username === undefined) {
    if (password === undefined && file === undefined) return null;
    throw problem(at('username'), 'missing: its password is set');
  }
  if ((password === undefined) === (file === undefined)) {
    throw problem(at('password'), 'exactly one of the password and the file that holds it');
  }
  return { username, password: password ?? secretOf(at('password_file'), file ?? '') };
}

function caOf(pointer: string, file: string | undefined): string | null {
  return file === undefined ? null : reading(pointer, file, () => readFileSync(file, 'utf8'));
}

function secretOf(pointer: string, file: string): string {
  return reading(pointer, file, () => readSecret(file)).trim();
}

function readConfigFile(path: string, mustExist: boolean): z.infer<typeof fileSchema> {
  if (!mustExist && !existsSync(path)) return {};
  let json: unknown;
  const { text, objection } = reading('#/CONFIG_FILE', path, () => inspect(path));
  try {
    json = JSON.parse(text);
  } catch {
    throw problem('#/CONFIG_FILE', `${path} is not JSON`);
  }
  const parsed = fileSchema.safeParse(json);
  if (!parsed.success) throw invalid(parsed.error, path);
  if (objection !== null && holdsSecret(parsed.data))
    throw problem('#/CONFIG_FILE', `${objection} (it holds a password)`);
  return parsed.data;
}

/** A password of its own, or one in a URL. */
function holdsSecret({ pbx = [], ...settings }: z.infer<typeof fileSchema>): boolean {
  const urls = [...Object.values(settings), ...pbx.map((one) => one.cdr_database_url)];
  return (
    'AMI_PASSWORD' in settings ||
    'AMI_ORIGINATE_PASSWORD' in settings ||
    pbx.some((one) => one.password !== undefined || one.originate_password !== undefined) ||
    urls.some((value) => /^\w[\w+.-]*:\/\/[^\s/@]*:[^\s/]+@/.test(String(value)))
  );
}

function reading<T>(pointer: string, file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (cause instanceof CommslogError) throw problem(pointer, cause.message);
    throw problem(pointer, `cannot read ${file}: check that it exists and that this user may read it`, cause);
  }
}

/** JSON's numbers and booleans as the environment would write them. */
function textual(values: Readonly<Record<string, unknown>>): Record<string, string> {
  const text = (value: unknown) => (typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value));
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, text(value)]));
}

function defaultText(value: unknown): string {
  return typeof value === 'boolean' ? (value ? 'on' : 'off') : String(value);
}

function invalid(error: z.ZodError, where: string): CommslogError {
  const fields = error.issues.map((issue): FieldProblem => {
    const unknown = issue.code === 'unrecognized_keys' ? issue.keys : [];
    return {
      pointer: `#/${[...issue.path, ...unknown].join('/')}`,
      detail: unknown.length > 0 ? 'no such setting' : issue.message,
    };
  });
  const list = fields.map((field) => `${field.pointer.slice(2)}: ${field.detail}`).join('; ');
  return new CommslogError('CONFIG_INVALID', `The configuration (${where}) cannot be used. ${list}`, { fields });
}

function problem(pointer: string, detail: string, cause?: unknown): CommslogError {
  return new CommslogError('CONFIG_INVALID', `The configuration cannot be used. ${pointer.slice(2)}: ${detail}`, {
    cause,
    fields: [{ pointer, detail }],
  });
}
