import { shownRebuild } from '../../http/index.ts';
import type { Rebuild } from '../../ports/rebuilds.ts';
import { print } from '../text/print.ts';
import { tableText } from '../text/tableText.ts';
import { withVersions } from './withVersions.ts';

const HEAD = ['version', 'state', 'derivation', 'rows', 'parked', 'built', 'activated', 'rollback until', ''];

/** `commslog versions`: the read-model versions, the newest first, as a table or one JSON object a line. */
export async function versions({ json }: { readonly json: boolean }): Promise<void> {
  const all = await withVersions(({ rebuilds }) => rebuilds.list());
  if (json) for (const rebuild of all) print(JSON.stringify(shownRebuild(rebuild)));
  else print(tableText(HEAD, all.map(cells)));
}

function cells(rebuild: Rebuild): string[] {
  const { version, state, derivation, mixed, rows, parked, createdAt, activatedAt, rollbackUntil, error } = rebuild;
  const noEnd = state === 'previous' ? 'it is dropped' : '–';
  return [
    `${version}`,
    state,
    mixed ? `${derivation} (mixed)` : derivation,
    rows.toLocaleString('en'),
    `${parked}`,
    createdAt.slice(0, 19),
    activatedAt?.slice(0, 19) ?? '–',
    rollbackUntil?.slice(0, 19) ?? noEnd,
    error ?? '',
  ];
}

/** `commslog drop`: removes a version that is not served, for good. */
export async function drop(version: number): Promise<void> {
  await withVersions(({ rebuilds }) => rebuilds.drop(version));
  print(`Version ${version} is gone.`);
}
