import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { z } from 'zod';

const root = new URL('../../', import.meta.url);

const composeSchema = z.strictObject({
  services: z.record(
    z.string(),
    z.strictObject({
      build: z.string().optional(),
      image: z.string().optional(),
      init: z.boolean().optional(),
      restart: z.string(),
      stop_grace_period: z.string().optional(),
      security_opt: z.array(z.string()).optional(),
      cap_drop: z.array(z.string()).optional(),
      depends_on: z.record(z.string(), z.strictObject({ condition: z.string() })).optional(),
      ports: z.array(z.string()).optional(),
      env_file: z.array(z.strictObject({ path: z.string(), required: z.boolean() })).optional(),
      environment: z.record(z.string(), z.string()),
      volumes: z.array(z.string()),
      healthcheck: z
        .strictObject({ test: z.array(z.string()), interval: z.string(), timeout: z.string(), retries: z.int() })
        .optional(),
    }),
  ),
  volumes: z.record(z.string(), z.null()),
});
export type Compose = z.infer<typeof composeSchema>;

export const read = (file: string) => readFileSync(new URL(file, root), 'utf8');

/** `docker-compose.yml` with its `${NAME:-default}` filled in from `variables`. */
export function composeOf(variables: Readonly<Record<string, string>> = {}): Compose {
  const text = read('docker-compose.yml').replace(
    /\$\{(\w+):-([^}]*)\}/g,
    (_, name: string, fallback: string) => variables[name] || fallback,
  );
  return composeSchema.parse(parse(text));
}

/** Lines of an env file, with the ones that are commented out. */
export function settingsOf(envFile: string): { name: string; value: string; active: boolean }[] {
  return [...envFile.matchAll(/^(#?)([A-Z][A-Z0-9_]*)=(.*)$/gm)].map(([, hash, name = '', value = '']) => ({
    name,
    value,
    active: hash === '',
  }));
}
