import { createContext, lazy, type ReactNode, Suspense, useContext, useState } from 'react';
import type { Assignable } from './AssignModal.tsx';

const AssignModal = lazy(() => import('./AssignModal.tsx'));

const Context = createContext<(entry: Assignable) => void>(() => {});

/** Opens the form that assigns an entry. */
export const useAssign = () => useContext(Context);

export function AssignProvider({ children }: { readonly children: ReactNode }) {
  const [entry, setEntry] = useState<Assignable | null>(null);
  return (
    <Context value={setEntry}>
      {children}
      <Suspense>{entry && <AssignModal key={entry.id} entry={entry} close={() => setEntry(null)} />}</Suspense>
    </Context>
  );
}
