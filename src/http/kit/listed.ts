import type { ListedComms } from '../../ports/readModel.ts';
import type { Listed } from '../contract/contract.ts';

/** What lists and the live feed say of an entry. */
export function listed({ segments: _, legs: __, why: ___, ...entry }: ListedComms): Listed {
  return entry;
}
