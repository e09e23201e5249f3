import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { followFeed } from './followFeed.ts';

/** Follows the live feed into the caches. Returns whether it is lost. */
export function useLiveFeed(): boolean {
  const queries = useQueryClient();
  const [lost, setLost] = useState(false);
  useEffect(() => followFeed(queries, setLost), [queries]);
  return lost;
}
