import { createContext, lazy, type ReactNode, Suspense, useContext, useState } from 'react';
import type { Listed } from '../api/types.ts';

const AssignModal = lazy(() => import('./AssignModal.tsx'));

/** What one has to know of an entry to say whose it is. */
export type Assignable = Pick<
  Listed,
  'id' | 'match' | 'customer' | 'external_number' | 'external_number_raw' | 'external_name'
>;

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
