import { useCallback } from 'react';
import { useLocation, useSearch } from 'wouter';

/** State of a step in the browser's history that opened an entry over the page before: one step back closes it. */
export const OPENED_OVER = { openedOver: true } as const;

export function isOpenedOver(): boolean {
  const state: unknown = history.state;
  return typeof state === 'object' && state !== null && 'openedOver' in state;
}

/** Where an entry is shown: in a drawer over the page that one is on, so the page stays as it is. */
export function useEntryPath(): (id: string | null) => string {
  const [location] = useLocation();
  const search = useSearch();
  return useCallback(
    (id) => {
      const parameters = new URLSearchParams(search);
      if (id === null) parameters.delete('call');
      else parameters.set('call', id);
      return parameters.size === 0 ? location : `${location}?${parameters}`;
    },
    [location, search],
  );
}
