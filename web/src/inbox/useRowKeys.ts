import type { Listed } from '../api/types.ts';
import { useAssign } from '../assign/AssignProvider.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useWho } from '../shell/MeProvider.tsx';
import { isWork } from './entryState.ts';
import { useMark } from './useMark.ts';

/** `j` and `k` move the focus from row to row, `a` assigns its entry, `e` ticks it off; Enter on a row is its link's own. */
export function useRowKeys(entries: readonly Listed[]): void {
  const { may } = useWho();
  const assign = useAssign();
  const mark = useMark();
  const onFocused = (act: (entry: Listed) => void) => () => {
    const id = document.querySelector('[data-entry]:focus')?.getAttribute('data-entry');
    const entry = entries.find((one) => one.id === id);
    if (entry) act(entry);
  };
  useShortcuts({
    j: () => moveFocus(1),
    k: () => moveFocus(-1),
    ...(may.write && {
      a: onFocused(assign),
      e: onFocused((entry) => isWork(entry) && mark.mutate({ ids: [entry.id], done: entry.done_at === null })),
    }),
  });
}

/** To the row behind or before the one that has the focus. */
export function moveFocus(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-entry]')];
  const at = links.findIndex((link) => link.matches(':focus'));
  (at === -1 ? links[0] : links[at + by])?.focus();
}
