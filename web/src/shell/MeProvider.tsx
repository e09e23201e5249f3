import { createContext, type ReactNode, useContext } from 'react';
import type { Me } from '../api/types.ts';

const Signed = createContext<Me | null>(null);

export function MeProvider({ me, children }: { readonly me: Me; readonly children: ReactNode }) {
  return <Signed value={me}>{children}</Signed>;
}

/** Who is signed in, and what the role may do; the server decides, this only spares people buttons that say no. */
export function useWho(): Me & {
  readonly may: { readonly write: boolean; readonly audit: boolean; readonly admin: boolean };
} {
  const me = useContext(Signed);
  if (me === null) throw new Error('only inside of MeProvider');
  return { ...me, may: { write: me.role !== 'auditor', audit: me.role !== 'agent', admin: me.role === 'admin' } };
}
