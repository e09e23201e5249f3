import { v5 as uuidv5 } from 'uuid';
import { peopleFactsOf } from '../../acts/peopleFacts.ts';
import type { Decision } from '../../domain/acts/decision.ts';
import { putPerson } from '../../domain/acts/person.ts';
import { namePlaces, putTeam } from '../../domain/acts/team.ts';
import { Directory } from '../../domain/directory/directory.ts';
import type { PersonData } from '../../domain/directory/person.ts';
import { NO_PLACE_NAMES, type TeamData } from '../../domain/directory/team.ts';
import { type Author, streamOf } from '../../domain/events.ts';
import { DEFAULT_SETTINGS } from '../../domain/settings.ts';
import type { Micros } from '../../domain/time.ts';
import type { DemoCompany } from './company.ts';
import { type Act, subOf } from './peoplesActs.ts';

/** Namespace of the ids of these events; never changes, or a start that goes on would register them twice. */
const NAMESPACE = '5d8f3a0e-6a0a-4f9b-9d49-0b7e6d5b8c11';
export const AUTHOR: Author = { actor: { sub: 'demo', role: 'admin' }, requestId: 'demo' };

/** Who is who in the company: its teams, the names of its queues and numbers, and who has which phone. */
export function directoryOf({ people, teams, lines }: DemoCompany, at: Micros): readonly Act[] {
  const teamsById = Object.entries(teams).map(([id, { name, queue, did }]) => {
    const team: TeamData = { name, queues: [{ place: queue }], dids: [{ place: did }] };
    return { id, ...team, revision: 0n };
  });
  const directory = new Directory({ people: [], teams: teamsById, places: NO_PLACE_NAMES, settings: DEFAULT_SETTINGS });
  const names = {
    queues: Object.values(teams).map(({ queue, name }) => ({ place: queue, name })),
    dids: lines.map(({ did, name }) => ({ place: did, name })),
  };
  const act = (stream: string, decision: Decision): Act => ({
    stream,
    events: peopleFactsOf(decision, { author: AUTHOR, now: at, eventId: uuidv5(stream, NAMESPACE) }),
  });
  return [
    ...teamsById.map(({ id, ...team }) => act(streamOf.team(id), putTeam(team, null, directory))),
    act(streamOf.places, namePlaces(names, NO_PLACE_NAMES)),
    ...people.map(({ extension, name, team }) => {
      const id = `demo-${extension}`;
      const wanted: PersonData = { name, role: 'agent', sub: subOf(extension), teams: [team], lines: [{ extension }] };
      return act(streamOf.person(id), putPerson({ id, wanted }, null, directory));
    }),
  ];
}
