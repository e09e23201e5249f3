import { Title } from '@mantine/core';
import type { ReactNode } from 'react';
import styles from './Card.module.css';

type Props = {
  readonly title: string;
  readonly text?: string;
  readonly actions?: ReactNode;
  readonly children: ReactNode;
};

/** A part of a page under a heading of its own. */
export function Card({ title, text, actions, children }: Props) {
  return (
    <section className={styles.card} aria-label={title}>
      <div className={styles.head}>
        <div>
          <Title order={2} size="h4">
            {title}
          </Title>
          {text && <p className={styles.text}>{text}</p>}
        </div>
        {actions}
      </div>
      {children}
    </section>
  );
}
