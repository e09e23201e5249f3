import { isSeen, type View } from '../../domain/directory/view.ts';
import { CommslogError } from '../../errors.ts';
import type { ReadModel } from '../../ports/readModel.ts';

/**
 * The read model for somebody who may not see all of it: what they do not see is not there. Figures that cannot be told for
 * them alone are refused (`FORBIDDEN`).
 */
export function seenReadModel(readModel: ReadModel, view: View): ReadModel {
  if (view.sees === 'all') return readModel;
  const seenBy = view;
  return {
    ...readModel,
    list: (filter, ...rest) => readModel.list({ ...filter, seenBy }, ...rest),
    entries: (filter, ...rest) => readModel.entries({ ...filter, seenBy }, ...rest),
    written: (filter, ...rest) => readModel.written({ ...filter, seenBy }, ...rest),
    counts: (filter, gone) => readModel.counts({ ...filter, seenBy }, gone),
    customers: (filter, ...rest) => readModel.customers({ ...filter, seenBy }, ...rest),
    customer: (id) => readModel.customer(id, seenBy),
    async get(id) {
      const found = await readModel.get(id);
      if (found?.kind === 'found') return isSeen(view, found.entry) ? found : null;
      // an id that leads to what they do not see leads nowhere
      return found && (await this.get(found.currentId)) ? found : null;
    },
    callBacks: (filter, ...rest) => readModel.callBacks({ ...filter, seenBy }, ...rest),
    callBack: (id, scope) => readModel.callBack(id, { ...scope, seenBy }),
    openMisses: (id, scope) => readModel.openMisses(id, { ...scope, seenBy }),
    callBackCounts: (scope, ...rest) => readModel.callBackCounts({ ...scope, seenBy }, ...rest),
    current: async () => (await readModel.current()).filter((call) => isSeen(view, call)),
    changes: refused,
    currentSince: refused,
    customerNumbers: refused,
    pbxs: refused,
    coverage: refused,
    gapFigures: refused,
    parked: refused,
    report: refused,
  };
}

async function refused(): Promise<never> {
  throw new CommslogError('FORBIDDEN', 'These are figures of all calls, and you do not see all.');
}
