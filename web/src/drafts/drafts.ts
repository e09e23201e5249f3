/** What was typed and not sent yet: in the tab alone, until it is sent, thrown away, or one signs out. */
const PREFIX = 'commslog-draft ';
/** The oldest go; a tab in which so many forms were left open is nobody's any more. */
const MOST = 50;

type Stored = { readonly at: number; readonly value: unknown };

export function readDraft(name: string): unknown {
  return parsed(sessionStorage.getItem(PREFIX + name))?.value ?? null;
}

export function writeDraft(name: string, value: unknown): void {
  const stored: Stored = { at: Date.now(), value };
  try {
    sessionStorage.setItem(PREFIX + name, JSON.stringify(stored));
  } catch {
    // no room: closing asks all the same
  }
  const oldest = keys()
    .map((key) => ({ key, at: parsed(sessionStorage.getItem(key))?.at ?? 0 }))
    .sort((a, b) => b.at - a.at);
  for (const { key } of oldest.slice(MOST)) sessionStorage.removeItem(key);
}

export function removeDraft(name: string): void {
  sessionStorage.removeItem(PREFIX + name);
}

export function forgetDrafts(): void {
  for (const key of keys()) sessionStorage.removeItem(key);
}

function keys(): readonly string[] {
  return Object.keys(sessionStorage).filter((key) => key.startsWith(PREFIX));
}

function parsed(text: string | null): Stored | null {
  if (text === null) return null;
  try {
    const stored: unknown = JSON.parse(text);
    if (typeof stored !== 'object' || stored === null || !('at' in stored) || !('value' in stored)) return null;
    return typeof stored.at === 'number' ? { at: stored.at, value: stored.value } : null;
  } catch {
    return null;
  }
}
