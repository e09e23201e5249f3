import type { ReactNode } from 'react';
import { Icon, type IconName } from './icons.tsx';
import styles from './StateMessage.module.css';

type Props = { readonly icon: IconName; readonly title: string; readonly text: string; readonly children?: ReactNode };

/** What a page says when it has nothing to show: why, and what one can do. */
export function StateMessage({ icon, title, text, children }: Props) {
  return (
    <div className={styles.state}>
      <span className={styles.icon}>
        <Icon name={icon} size={28} />
      </span>
      <p className={styles.title}>{title}</p>
      <p className={styles.text}>{text}</p>
      {children}
    </div>
  );
}
