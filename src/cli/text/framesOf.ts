const MAX_FRAMES = 3;

/** Where an error was made, without its text. */
export function framesOf(error: unknown): readonly string[] {
  if (!(error instanceof Error) || error.stack === undefined) return [];
  const text = `${error.name}: ${error.message}`;
  const frames = error.stack.startsWith(text) ? error.stack.slice(text.length) : '';
  return frames
    .split('\n')
    .map((frame) => frame.trim())
    .filter((frame) => frame !== '')
    .slice(0, MAX_FRAMES);
}
