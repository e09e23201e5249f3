import { useCustomer } from '../api/customers.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';

/** Of more the number is said. */
const NAMED = 5;

/** The customers that a number could be of, by name. */
export function CandidateNames({ ids }: { readonly ids: readonly string[] }) {
  const { t } = useLanguage();
  return (
    <>
      {ids.slice(0, NAMED).map((id, n) => (
        <span key={id}>
          {n > 0 && ', '}
          <Name id={id} />
        </span>
      ))}
      {ids.length > NAMED && `, ${t.customers.moreNumbers(ids.length - NAMED)}`}
    </>
  );
}

function Name({ id }: { readonly id: string }) {
  const { data } = useCustomer(id);
  return data?.data.name ?? id;
}
