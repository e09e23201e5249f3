import type { Directory } from '../../domain/directory/directory.ts';
import { type Nameable, type Named, namedIn } from '../../domain/directory/named.ts';
import { isMasked, isSeen, type Seeable, type View, viewOf } from '../../domain/directory/view.ts';
import { CommslogError } from '../../errors.ts';
import type { ReadModel } from '../../ports/readModel.ts';
import type { Principal } from '../auth/principal.ts';
import { masked } from './masked.ts';
import { seenReadModel } from './seenReadModel.ts';

const WHOLE_NUMBER = /^\+?\d{8,20}$/;

/** Who is shown something: which entries they see, and how. */
export class Viewer {
  readonly directory: Directory;
  readonly principal: Principal;
  readonly view: View;
  readonly isMasked: boolean;
  /** the same for all who are shown the same by one directory */
  readonly key: string;

  /** only what they took part in themselves, however much they may see */
  readonly isOwnAlone: boolean;

  constructor(directory: Directory, principal: Principal, isOwnAlone = false) {
    this.directory = directory;
    this.principal = principal;
    this.isOwnAlone = isOwnAlone;
    this.view = isOwnAlone ? this.partOf('me') : viewOf(directory, principal);
    this.isMasked = isMasked(directory.settings, principal.role);
    this.key = JSON.stringify([this.isMasked, this.view]);
  }

  /** Whether an entry is shown as it is: nobody has a name, and no number is hidden. */
  get isPlain(): boolean {
    const { people, places } = this.directory;
    return !this.isMasked && people.length === 0 && places.dids.length + places.queues.length === 0;
  }

  get seesAll(): boolean {
    return this.view.sees === 'all';
  }

  /** The entries in which a person took part, `me`: who asks. Error: `VALIDATION_FAILED`. */
  partOf(id: string): View {
    const person = id === 'me' ? this.directory.personOfSub(this.principal.sub) : this.directory.person(id);
    if (person !== null) {
      return { sees: 'some', lines: person.lines, subs: person.sub === null ? [] : [person.sub], queues: [], dids: [] };
    }
    // who is in no directory has logged calls all the same
    if (id === 'me') return { sees: 'some', lines: [], subs: [this.principal.sub], queues: [], dids: [] };
    throw new CommslogError('VALIDATION_FAILED', 'The query is not as it must be.', {
      fields: [{ pointer: '#/person', detail: 'no such person in the directory' }],
    });
  }

  /** What is searched for. Error: `VALIDATION_FAILED` where it is part of a number, for whom numbers are hidden. */
  searched(q: string | undefined): string | undefined {
    const asksPart = q !== undefined && /\d/.test(q) && !WHOLE_NUMBER.test(q.replaceAll(/[\s()./-]/g, ''));
    if (!this.isMasked || !asksPart) return q;
    throw new CommslogError('VALIDATION_FAILED', 'The query is not as it must be.', {
      fields: [{ pointer: '#/q', detail: 'a name, or a whole number: this role does not find by parts of one' }],
    });
  }

  /** Error: `FORBIDDEN` for who does not see all entries. */
  requireAll(): void {
    if (!this.seesAll) throw new CommslogError('FORBIDDEN', 'This tells of all calls, and you do not see all.');
  }

  /** Error: `FORBIDDEN` for whom numbers are hidden. */
  requireNumbers(): void {
    if (this.isMasked)
      throw new CommslogError('FORBIDDEN', 'This holds phone numbers, which are hidden from this role.');
  }

  sees(row: Seeable): boolean {
    return isSeen(this.view, row);
  }

  /** An entry or a call in progress as it is shown: with who is who, and with as much of numbers as may be seen. */
  show<R extends Nameable & { readonly phones?: readonly string[] }>(row: R): Omit<R, 'phones'> & Named {
    const { phones: _, ...shown } = row;
    const named = { ...shown, ...namedIn(this.directory, row) };
    return this.isMasked ? masked(named) : named;
  }
}

/** Error: `UNAUTHENTICATED` for whose access was revoked meanwhile. */
export function viewerOf(directory: Directory, principal: Principal, isOwnAlone = false): Viewer {
  if (directory.isRevoked(principal)) {
    throw new CommslogError('UNAUTHENTICATED', 'A valid bearer token or session is needed.');
  }
  return new Viewer(directory, principal, isOwnAlone);
}

/** Somebody who asks, and the read model as they see it: every route reads by it. */
export type Seeing = Viewer & { readonly readModel: ReadModel };

/** What an act works with: what who asks does not see is not there for it either. */
export function asSeen<D extends { readonly readModel: ReadModel }>(deps: D, { readModel }: Seeing): D {
  return { ...deps, readModel };
}

/** Errors: `DATABASE_UNAVAILABLE`. */
export async function seeingOf(readModel: ReadModel, principal: Principal): Promise<Seeing> {
  const viewer = viewerOf(await readModel.directory(), principal);
  return Object.assign(viewer, { readModel: seenReadModel(readModel, viewer.view) });
}
