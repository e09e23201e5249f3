import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ask } from './client.ts';
import type { Settings } from './types.ts';

const PATH = '/api/crm/settings';
const SETTINGS = ['settings'] as const;

/** Who may do what, where a setting says so. */
export function useSettings() {
  return useQuery({
    queryKey: SETTINGS,
    queryFn: ({ signal }) => ask<Settings>(PATH, { signal }),
    staleTime: 60_000,
  });
}

export function useSaveSettings({ onSuccess, onError }: { onSuccess(): void; onError(error: Error): void }) {
  const queries = useQueryClient();
  return useMutation({
    mutationFn: (settings: Partial<Settings>) => ask<Settings>(PATH, { method: 'PUT', body: settings }),
    onSuccess: (settings) => {
      queries.setQueryData(SETTINGS, settings);
      onSuccess();
    },
    onError,
  });
}
