import type { Rules } from '../../domain/rules.ts';
import { fromRfc3339, inUtc, type Micros } from '../../domain/time.ts';
import { CommslogError } from '../../errors.ts';
import { createAuditTrail } from '../../log/auditTrail.ts';
import type { AuditFact, AuditTrail } from '../../ports/auditTrail.ts';
import { systemClock } from '../../ports/clock.ts';
import type { EventStore } from '../../ports/eventStore.ts';
import type { History } from '../../ports/history.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import { createHistory, createReadModel } from '../../projections/index.ts';
import { withVersions } from './withVersions.ts';

type Period = { readonly from: Micros; readonly to: Micros };

/** What a command works on that looks into the log. */
export type LogCommand = {
  readonly log: EventStore;
  readonly readModel: ReadModel;
  readonly history: History;
  readonly audit: Pick<AuditTrail, 'list'>;
  /** those in force */
  readonly rules: () => Promise<Rules>;
  /** Records in the log what this command hands out; to be called before it does. */
  record(fact: AuditFact): Promise<void>;
};

/** Runs a command on the configured log and the active read model, whether `serve` runs or not. */
export async function onLog(work: (command: LogCommand) => Promise<void>): Promise<void> {
  await withVersions(async ({ pool, url, log, logger, rebuilds, by }) => {
    const readModel = createReadModel({ pool, url, logger });
    const audit = createAuditTrail({ log, clock: systemClock });
    const history = createHistory({ pool, url, log, clock: systemClock, logger });
    try {
      const rules = async () => (await rebuilds.rulesInForce()).active.rules;
      await work({ log, readModel, history, audit, rules, record: (fact) => audit.record(fact, by) });
    } finally {
      await readModel.close();
    }
  });
}

/** A day or time that was given as an option, such as `2026-11-25T10:00:00Z`. Errors: `CONFIG_INVALID`. */
export function timeOption(name: string, text: string): Micros {
  const time = inUtc(/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);
  const moment = time === null ? null : fromRfc3339(time);
  if (moment !== null) return moment;
  throw new CommslogError(
    'CONFIG_INVALID',
    `${name} must be a day or a time with offset, of the years 1 to 9999: 2026-11-25, 2026-11-25T10:00:00Z`,
  );
}

/** The period from one option (inclusive) to another (exclusive). Errors: `CONFIG_INVALID`. */
export function periodOption(options: { readonly from: string; readonly to: string }): Period {
  const [from, to] = [timeOption('--from', options.from), timeOption('--to', options.to)];
  if (from < to) return { from, to };
  throw new CommslogError('CONFIG_INVALID', '--to must be after --from');
}
