export function EntryDrawer() {
  return null;
}
