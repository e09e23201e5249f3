import { Button, Group, Progress, Text } from '@mantine/core';
import { Link } from 'wouter';
import { rebuilds } from '../api/admin.ts';
import type { Rebuild } from '../api/types.ts';
import { State } from '../connection/State.tsx';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Activate } from './Activate.tsx';
import { useVersionChange } from './useVersionChange.ts';
import styles from './VersionCard.module.css';

const LEVELS = {
  building: 'warn',
  ready: 'warn',
  active: 'pass',
  previous: 'warn',
  failed: 'fail',
  dropped: 'fail',
} as const;

type Props = {
  readonly rebuild: Rebuild;
  /** there is a version to go back to */
  readonly hasPrevious: boolean;
};

/** One version: how it is, how far its build is, and what can be done with it. */
export function VersionCard({ rebuild, hasPrevious }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const { version, state, rows, parked, error } = rebuild;
  const drop = useVersionChange(() => rebuilds.drop(version), t.rebuild.dropped);
  const rollback = useVersionChange(() => rebuilds.rollback(version), t.rebuild.rolledBack);
  const isBeside = state === 'ready' || state === 'previous';
  return (
    <section className={styles.version} aria-label={t.rebuild.version(version)}>
      <Group gap="sm">
        <strong>{t.rebuild.version(version)}</strong>
        <State level={LEVELS[state]} word={t.rebuild.states[state]} />
        <Text size="sm" c="dimmed">
          {[
            rebuild.derivation,
            t.rebuild.rows(rows, format.figure(rows)),
            format.short(new Date(rebuild.created_at)),
            parked > 0 && t.rebuild.parked(parked),
            rebuild.rollback_until && t.rebuild.rollbackUntil(format.short(new Date(rebuild.rollback_until))),
          ]
            .filter(Boolean)
            .join(' · ')}
        </Text>
      </Group>
      {rebuild.progress && state === 'building' && <Building progress={rebuild.progress} />}
      {error && (
        <Text size="sm" c="red" lang="en">
          {error}
        </Text>
      )}
      <Group gap="xs">
        {isBeside && (
          <>
            <Button component={Link} href={`/rebuild/${version}`} variant="default" size="compact-sm">
              {t.rebuild.review}
            </Button>
            <Activate rebuild={rebuild} />
          </>
        )}
        {state === 'active' && hasPrevious && (
          <Button variant="default" size="compact-sm" onClick={() => rollback.mutate()} loading={rollback.isPending}>
            {t.rebuild.rollback}
          </Button>
        )}
        {state !== 'active' && state !== 'dropped' && (
          <Button
            variant="subtle"
            color="red"
            size="compact-sm"
            onClick={() => drop.mutate()}
            loading={drop.isPending}
            aria-label={`${t.rebuild.drop}: ${t.rebuild.version(version)}`}
          >
            {t.rebuild.drop}
          </Button>
        )}
      </Group>
    </section>
  );
}

function Building({ progress }: { readonly progress: NonNullable<Rebuild['progress']> }) {
  const { t } = useLanguage();
  const format = useFormat();
  const share = Number(progress.head) === 0 ? 1 : Number(progress.position) / Number(progress.head);
  return (
    <div>
      <Progress value={100 * share} aria-label={t.rebuild.states.building} />
      <Text size="sm" c="dimmed">
        {[
          format.percent(share),
          t.rebuild.phases[progress.phase](format.figure(Math.round(progress.events_per_second))),
          progress.seconds_left !== null && t.rebuild.left(format.duration(Math.ceil(progress.seconds_left))),
        ]
          .filter(Boolean)
          .join(' · ')}
      </Text>
    </div>
  );
}
