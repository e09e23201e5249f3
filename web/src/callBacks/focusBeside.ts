/** Puts the focus on the row behind one that is about to go, else on the one before it. */
export function focusBeside(entry: string): void {
  const links = [...document.querySelectorAll<HTMLElement>('[data-entry]')];
  const at = links.findIndex((link) => link.dataset.entry === entry);
  (links[at + 1] ?? links[at - 1])?.focus();
}
