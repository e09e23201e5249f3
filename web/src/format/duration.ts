const WRITTEN = /^(?:(\d{1,2}):(?=\d{1,2}:))?(\d{1,4})(?::(\d{1,2}))?$/;

/** `1:30` → 90, `5` → 300 (minutes), `1:02:03` → 3,723; null: not written so. */
export function secondsOf(text: string): number | null {
  const written = WRITTEN.exec(text.trim());
  if (written === null) return null;
  const [, hours = '0', minutes = '0', seconds = '0'] = written;
  return Number(hours) * 3_600 + Number(minutes) * 60 + Number(seconds);
}

/** 90 → `1:30`, as `secondsOf` reads it. */
export function writtenDuration(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}
