import { ActionIcon, Group, VisuallyHidden } from '@mantine/core';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { useShortcuts } from '../keyboard/shortcuts.ts';
import { Icon } from '../shell/icons.tsx';
import { useNeighbours } from './useNeighbours.ts';

type Props = { readonly id: string; readonly who: string | null; readonly show: (id: string) => void };

/** The entries before and behind this one in the list under the drawer, by button and by key. */
export function EntrySteps({ id, who, show }: Props) {
  const { t } = useLanguage();
  const { previous, next, place } = useNeighbours(id);
  const step = (to: string | null) => () => to !== null && show(to);
  const [back, on] = [step(previous), step(next)];
  useShortcuts({ j: on, ArrowRight: on, k: back, ArrowLeft: back }, 'dialog');
  if (place === null) return null;
  return (
    <Group gap={4} wrap="nowrap">
      <VisuallyHidden role="status">{who !== null && t.entry.place(place.at, place.of, who)}</VisuallyHidden>
      <ActionIcon
        variant="default"
        size={32}
        aria-label={t.keys.previous}
        aria-keyshortcuts="k"
        aria-disabled={previous === null}
        data-disabled={previous === null || undefined}
        title={`${t.keys.previous} (k)`}
        onClick={back}
      >
        <Icon name="up" />
      </ActionIcon>
      <ActionIcon
        variant="default"
        size={32}
        aria-label={t.keys.next}
        aria-keyshortcuts="j"
        aria-disabled={next === null}
        data-disabled={next === null || undefined}
        title={`${t.keys.next} (j)`}
        onClick={on}
      >
        <Icon name="down" />
      </ActionIcon>
    </Group>
  );
}
