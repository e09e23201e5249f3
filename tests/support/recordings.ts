import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { z } from 'zod';

const root = fileURLToPath(new URL('../fixtures/ami/', import.meta.url));

const callSchema = z.object({
  id: z.union([z.int(), z.string()]),
  linkedid: z.string().nullable(),
  linkedids_seen: z.array(z.string()).default([]),
  direction: z.enum(['inbound', 'outbound', 'internal']),
  external_number: z.string().nullable(),
  external_name: z.string().nullable(),
  dialled: z.string().nullable(),
  trunk: z.string().nullable(),
  answered: z.boolean(),
  answered_by: z.array(z.string()),
  outcome: z.string(),
  started_at: z.number(),
  pbx_answered_at: z.number().nullable().optional(),
  ring_seconds: z.number(),
  talk_seconds: z.number(),
  caller_extension: z.string().nullable().optional(),
  cut_by: z.string().optional(),
  segments: z.array(z.union([z.object({ extension: z.string() }), z.array(z.unknown())])).optional(),
  legs: z
    .array(
      z.object({
        uniqueid: z.string().nullable().optional(),
        party: z.string().optional(),
        side: z.string().optional(),
        ended_at: z.number().nullable().optional(),
      }),
    )
    .default([]),
  scoring: z
    .object({
      optional: z.boolean().optional(),
      skip: z.array(z.string()).optional(),
      outcome: z.array(z.string()).optional(),
    })
    .optional(),
});

/** A call as the phones and the provider saw it. */
export type TrueCall = z.infer<typeof callSchema>;

export type RecordingFile = {
  /** such as `asterisk-22/in-answered-101/ami.txt.gz` */
  readonly name: string;
  readonly path: string;
  readonly isTimed: boolean;
  readonly truth: readonly TrueCall[];
};

/** Every transcript below tests/fixtures/ami: a folder with a `truth.json` and files `ami*.txt`, `.gz` or not. */
export function recordingFiles(): RecordingFile[] {
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('/truth.json'))
    .sort()
    .flatMap((truthFile) => {
      const folder = truthFile.slice(0, -'truth.json'.length);
      const truth = z.object({ calls: z.array(callSchema) }).parse(JSON.parse(readFileSync(root + truthFile, 'utf8')));
      return files
        .filter((file) => file.startsWith(folder) && /^ami[^/]*\.txt(\.gz)?$/.test(file.slice(folder.length)))
        .sort()
        .map((name) => ({ name, path: root + name, isTimed: isTimed(root + name), truth: truth.calls }));
    });
}

/** A transcript by its name, for tests about one recording. */
export function recordingFile(name: string): RecordingFile {
  const found = recordingFiles().find((file) => file.name === name);
  if (!found) throw new Error(`there is no recording ${name}`);
  return found;
}

export function bytesOfRecording({ path }: RecordingFile): Buffer {
  const bytes = readFileSync(path);
  return path.endsWith('.gz') ? gunzipSync(bytes) : bytes;
}

function isTimed(path: string): boolean {
  const timing = path.replace(/\.txt(\.gz)?$/, '.timing.jsonl');
  return existsSync(timing) || existsSync(`${timing}.gz`);
}
