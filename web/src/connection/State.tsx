import styles from './State.module.css';

/** A state by word and colour. */
export function State({ level, word }: { readonly level: 'pass' | 'warn' | 'fail'; readonly word: string }) {
  return (
    <span className={styles.state} data-level={level}>
      {word}
    </span>
  );
}
