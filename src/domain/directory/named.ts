/** Who took part in an entry, by the directory: a call of March is of those who had its extensions in March. */
import type { CommsEntry, Note } from '../entry.ts';
import { fromRfc3339 } from '../time.ts';
import type { Directory } from './directory.ts';

/** A person who spoke or whose phone rang at `extension`; null: who logged the entry by hand. */
export type NamedPerson = { id: string; name: string; extension: string | null };

/** What the directory says of an entry. */
export type Named = {
  readonly people: NamedPerson[];
  /** what people call the number that was dialled; null: it has no name */
  readonly did_name: string | null;
  /** what people call its queues, by queue; without those that have no name */
  readonly queue_names: Record<string, string>;
  /** names of those who wrote its notes, by `sub` */
  readonly authors: Record<string, string>;
};

export type Nameable = Pick<CommsEntry, 'pbx' | 'did' | 'extensions' | 'rang' | 'occurred_at'> & {
  /** `sub` of who logged it by hand */
  readonly logged_by?: string | null;
  readonly queues?: readonly string[] | null;
  readonly notes?: readonly Note[];
  readonly last_note?: Note | null;
};

export function namedIn(directory: Directory, row: Nameable): Named {
  const { pbx, did, extensions, rang, occurred_at, logged_by = null, queues, notes = [], last_note = null } = row;
  const at = occurred_at === null ? null : fromRfc3339(occurred_at);
  const atPhones = [...new Set([...extensions, ...rang])].flatMap((extension) => {
    const person = directory.holderAt({ pbx, extension }, at);
    return person === null ? [] : [{ id: person.id, name: person.name, extension }];
  });
  const logger = logged_by === null ? null : directory.personOfSub(logged_by);
  const subs = [...notes, ...(last_note === null ? [] : [last_note])].map(({ author }) => author);
  return {
    people: [...atPhones, ...(logger === null ? [] : [{ id: logger.id, name: logger.name, extension: null }])],
    did_name: did === null ? null : directory.nameOf('dids', { place: did, pbx }),
    queue_names: directory.queueNames(queues ?? [], pbx),
    authors: Object.fromEntries(
      subs.flatMap((sub) => {
        const name = directory.personOfSub(sub)?.name;
        return name === undefined ? [] : [[sub, name]];
      }),
    ),
  };
}
