import { Groups } from '../calls/groups.ts';
import { PbxSessions } from '../calls/pbxSessions.ts';

/** What is kept in memory of a version's tables between two transactions. */
export class Kept {
  readonly #cachedFacts: number | undefined;
  groups: Groups;
  sessions = new PbxSessions();
  /** it has more than what is committed */
  isAhead = false;
  /** groups may wait to be folded that were not looked for yet */
  mayFold = false;

  constructor(cachedFacts: number | undefined) {
    this.#cachedFacts = cachedFacts;
    this.groups = new Groups(cachedFacts);
  }

  forget(): void {
    this.forgetGroups();
    this.sessions = new PbxSessions();
    this.isAhead = false;
  }

  forgetGroups(): void {
    this.groups = new Groups(this.#cachedFacts);
  }
}
