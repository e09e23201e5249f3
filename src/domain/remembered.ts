/** So many answers are kept at a time; then all are forgotten. */
const MOST = 10_000;
/** What is longer is worked out each time, so that nobody fills the memory with what he makes up. */
const LONGEST = 64;

/**
 * A pure function of a text whose answers are kept: calls are folded again and again, and say the same few numbers, names
 * and patterns. What it answers is shared, so nobody may change it. `about` is a country.
 */
export function remembered<Answer extends NonNullable<unknown> | null>(
  answer: (text: string, about: string | null) => Answer,
): (text: string, about?: string | null) => Answer {
  const known = new Map<string | null, Map<string, Answer>>();
  let kept = 0;
  return (text, about = null) => {
    const found = known.get(about)?.get(text);
    if (found !== undefined) return found;
    const answered = answer(text, about);
    if (text.length > LONGEST) return answered;
    if (kept === MOST) {
      known.clear();
      kept = 0;
    }
    const ofIt = known.get(about) ?? new Map<string, Answer>();
    known.set(about, ofIt.set(text, answered));
    kept += 1;
    return answered;
  };
}
