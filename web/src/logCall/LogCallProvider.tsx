import { createContext, lazy, type ReactNode, Suspense, useContext, useMemo, useState } from 'react';
import type { ChosenCustomer } from '../customers/CustomerPicker.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { useWho } from '../shell/MeProvider.tsx';

const LogCallModal = lazy(() => import('./LogCallModal.tsx'));

type LogCall = {
  /** Opens the form, for this customer or to choose one. */
  open(customer: ChosenCustomer | null): void;
  /** The page's customer, whom the key `c` logs a call for. */
  offer(customer: ChosenCustomer | null): void;
};

const Context = createContext<LogCall>({ open: () => {}, offer: () => {} });

export const useLogCall = () => useContext(Context);

export function LogCallProvider({ children }: { readonly children: ReactNode }) {
  const { may } = useWho();
  const [form, setForm] = useState<{ formKey: string; customer: ChosenCustomer | null } | null>(null);
  const [offered, setOffered] = useState<ChosenCustomer | null>(null);
  const log = useMemo(
    (): LogCall => ({
      // one key a form: however often it is sent, it is one call
      open: (customer) => setForm({ formKey: crypto.randomUUID(), customer }),
      offer: setOffered,
    }),
    [],
  );
  useShortcuts(may.write ? { c: () => log.open(offered) } : {});
  return (
    <Context value={log}>
      {children}
      <Suspense>{form && <LogCallModal key={form.formKey} {...form} close={() => setForm(null)} />}</Suspense>
    </Context>
  );
}
