import { Button, Group } from '@mantine/core';
import { useCustomer } from '../api/customers.ts';
import type { ChosenCustomer } from '../customers/CustomerPicker.tsx';
import { spacedNumber } from '../format/phone.ts';
import styles from './Candidates.module.css';

type Props = { readonly ids: readonly string[]; readonly choose: (customer: ChosenCustomer) => void };

/** The customers that the number could be of, each to be chosen by one press. */
export function Candidates({ ids, choose }: Props) {
  if (ids.length === 0) return null;
  return (
    <Group gap="xs">
      {ids.map((id) => (
        <Candidate key={id} id={id} choose={choose} />
      ))}
    </Group>
  );
}

function Candidate({ id, choose }: { readonly id: string; readonly choose: Props['choose'] }) {
  const { data } = useCustomer(id);
  const { name = id, numbers: [first] = [] } = data?.data ?? {};
  return (
    <Button variant="default" size="compact-md" onClick={() => choose({ id, name })}>
      {name}
      {first && <small className={styles.number}>{spacedNumber(first.e164 ?? first.number)}</small>}
    </Button>
  );
}
