import { createContext, type ReactNode, useContext } from 'react';
import type { Me } from '../api/types.ts';

const Signed = createContext<Me | null>(null);

export function MeProvider({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  return <Signed value={me}>{children}</Signed>;
}

/** Who is signed in, and what the role may do; the server decides, this only spares people buttons that say no. */
export function useWho(): Me & {
  readonly may: {
    readonly write: boolean;
    readonly audit: boolean;
    readonly admin: boolean;
    /** what tells of all calls: figures */
    readonly seeAll: boolean;
  };
} {
  const me = useContext(Signed);
  if (me === null) throw new Error('only inside of MeProvider');
  const { role, sees } = me;
  const may = { write: role !== 'auditor', audit: role !== 'agent', admin: role === 'admin', seeAll: sees === 'all' };
  return { ...me, may };
}
