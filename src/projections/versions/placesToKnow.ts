import { type UnknownPlace, unknownPlaces } from '../../domain/unknownPlaces.ts';
import { guessedCalls } from '../queries/guessedCalls.ts';
import { type LatestCallsDeps, ofLatestCalls } from './latestCalls.ts';

/** The contexts and endpoints of the last days that the rules in force do not know; none while nothing is served. */
export async function placesToKnow(deps: LatestCallsDeps): Promise<readonly UnknownPlace[]> {
  const latest = await ofLatestCalls(deps, guessedCalls);
  return latest === null ? [] : unknownPlaces(latest.found, latest.rules);
}
