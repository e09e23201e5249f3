import { lazy, Suspense } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { useEntryPath } from './useEntryPath.ts';

const EntryPanel = lazy(() => import('./EntryPanel.tsx'));

/** The drawer of the entry that the URL names (`?call=<id>`), over whatever page is shown. */
export function EntryDrawer() {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const path = useEntryPath();
  const id = search.get('call');
  if (id === null) return null;
  return (
    <Suspense>
      <EntryPanel key={id} id={id} close={() => navigate(path(null))} />
    </Suspense>
  );
}
