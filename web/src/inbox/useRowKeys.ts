import { useShortcuts } from '../keyboard/shortcuts.ts';

/** `j` and `k` move the focus from row to row; Enter on a row is its link's own. */
export function useRowKeys(): void {
  useShortcuts({ j: () => move(1), k: () => move(-1) });
}

function move(by: 1 | -1): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-entry]')];
  const at = links.findIndex((link) => link.matches(':focus'));
  (at === -1 ? links[0] : links[at + by])?.focus();
}
