import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { actorSchema, logExportedSchema, type RecordedEvent } from '../../domain/events.ts';
import { dataOf } from '../../domain/recorded.ts';
import { CommslogError } from '../../errors.ts';
import type { AuditKey, AuditTrail } from '../../ports/auditTrail.ts';
import { print } from '../text/print.ts';
import { onLog } from './logCommand.ts';

const PAGE = 500;

/**
 * `commslog verify FILE`: proves that a file is what `commslog export` wrote, by the SHA-256 that the log recorded then.
 * Errors: `EXPORT_CHANGED` when the log knows of no such export, `EXPORT_FAILED` when the file cannot be read.
 */
export async function verify(file: string): Promise<void> {
  const sha256 = await sha256Of(file);
  await onLog(async ({ audit }) => {
    const found = await exportWith(audit, sha256);
    if (found === null) {
      throw new CommslogError(
        'EXPORT_CHANGED',
        `the log has recorded no export with the SHA-256 ${sha256}: the file was changed, or comes from another log`,
      );
    }
    print(found);
  });
}

async function sha256Of(file: string): Promise<string> {
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(file), hash);
  } catch (cause) {
    throw new CommslogError('EXPORT_FAILED', 'the file cannot be read', { cause });
  }
  return hash.digest('hex');
}

/** What is known of the export, in words. */
async function exportWith(audit: Pick<AuditTrail, 'list'>, sha256: string): Promise<string | null> {
  let after: AuditKey | null = null;
  do {
    const page: Awaited<ReturnType<AuditTrail['list']>> = await audit.list(after, PAGE);
    const found = page.items.map((event) => described(event, sha256)).find((text) => text !== null);
    if (found !== undefined) return found;
    after = page.next;
  } while (after !== null);
  return null;
}

function described(event: RecordedEvent, sha256: string): string | null {
  if (event.type !== 'LogExported') return null;
  const exported = dataOf(event, logExportedSchema);
  if (exported.what !== 'facts' || exported.sha256 !== sha256) return null;
  const by = actorSchema.safeParse(event.metadata.actor).data?.sub ?? 'somebody';
  return `unchanged: ${exported.events} events from ${exported.from} to ${exported.to}, exported by ${by} at ${event.metadata.recorded_at}`;
}
