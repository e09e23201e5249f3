/** Who heard a fact, and in which order the PBX said what several servers have heard. */

export type Hearing = {
  /** revision of the session's `PbxConnected` */
  readonly session: number;
  /** the session of another server that began later and was written first; none: sessions are numbered as they began */
  readonly heardBefore?: number | null | undefined;
};

/** Where a fact stands among those of its PBX. */
export type Place = Hearing & { readonly seq: number };

export function placeOf({ session, heardBefore, seq }: Place): Place {
  return { session, heardBefore, seq };
}

/** Sessions of one PBX in the order in which they began, in whatever order they were written. */
export function bySession(a: Hearing, b: Hearing): number {
  if (a.session === b.session && a.heardBefore === b.heardBefore) return 0;
  return numberOf(a) - numberOf(b) || rankOf(a) - rankOf(b) || a.session - b.session;
}

/** Facts of one PBX in the order in which it said them. */
export function byPlace(a: Place, b: Place): number {
  return bySession(a, b) || a.seq - b.seq;
}

function numberOf({ session, heardBefore }: Hearing): number {
  return heardBefore ?? session;
}

function rankOf({ heardBefore }: Hearing): number {
  return heardBefore == null ? 1 : 0;
}
