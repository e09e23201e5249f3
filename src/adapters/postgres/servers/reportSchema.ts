import { z } from 'zod';
import { levels } from '../../../ports/health.ts';
import { connectionStates } from '../../../ports/pbxSource.ts';
import type { ServerReport } from '../../../ports/servers.ts';

const pbxSchema = z.object({
  pbx: z.string(),
  state: z.enum(connectionStates),
  level: z.enum(levels),
  detail: z.string(),
  since: z.string(),
  lastHeardAt: z.string().nullable(),
  delayMs: z.number().nullable(),
  account: z
    .object({
      commands: z.array(z.string()),
      lists: z.enum(['all', 'bridges', 'nothing']),
      problem: z.string().nullable(),
    })
    .nullable(),
  lastError: z.string().nullable(),
  reconnects: z.number(),
  counts: z.record(z.string(), z.number()),
});

/** What a server tells of how that is which it does. */
export const reportSchema: z.ZodType<ServerReport> = z.object({
  pbxs: z.array(pbxSchema),
  failedTries: z.array(z.object({ version: z.number(), count: z.number(), lastError: z.string() })),
});
