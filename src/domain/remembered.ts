/** So many answers are kept at a time; then all are forgotten. */
const MOST = 10_000;
/** What is longer is worked out each time, so that nobody fills the memory with what he makes up. */
const LONGEST = 64;

/**
 * A pure function of a text whose answers are kept: calls are folded again and again, and say the same few numbers, names
 * and patterns. What it answers is shared, so nobody may change it. `about` is a country: it has no spaces.
 */
export function remembered<Answer extends NonNullable<unknown> | null>(
  answer: (text: string, about: string | null) => Answer,
): (text: string, about?: string | null) => Answer {
  const known = new Map<string, Answer>();
  return (text, about = null) => {
    const key = `${about ?? ''} ${text}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const answered = answer(text, about);
    if (known.size === MOST) known.clear();
    if (key.length <= LONGEST) known.set(key, answered);
    return answered;
  };
}
