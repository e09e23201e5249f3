import { lazy, Suspense } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { isOpenedOver, useEntryPath } from './useEntryPath.ts';

const EntryPanel = lazy(() => import('./EntryPanel.tsx'));

/** The drawer of the entry that the URL names (`?call=<id>`), over whatever page is shown. */
export function EntryDrawer() {
  const [search] = useSearchParams();
  const [, navigate] = useLocation();
  const path = useEntryPath();
  const id = search.get('call');
  if (id === null) return null;
  const close = () => (isOpenedOver() ? history.back() : navigate(path(null), { replace: true }));
  // Back leads to the list, not through each entry that was looked at
  const show = (other: string) => navigate(path(other), { replace: true, state: history.state });
  return (
    <Suspense>
      <EntryPanel id={id} show={show} close={close} />
    </Suspense>
  );
}
