import { ActionIcon, Alert, Button, Text, Textarea } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { annotate, useAnnotation } from '../api/annotations.ts';
import { useSettings } from '../api/settings.ts';
import type { Entry } from '../api/types.ts';
import { RestoredDraft } from '../drafts/RestoredDraft.tsx';
import { type Draft, isText, useDraft } from '../drafts/useDraft.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import { useWho } from '../shell/MeProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import styles from './Notes.module.css';
import { Section } from './Section.tsx';

type Props = { readonly entry: Entry; readonly tellUnsaved: (unsaved: Unsaved) => void };

export function Notes({ entry, tellUnsaved }: Props) {
  const { t } = useLanguage();
  const format = useFormat();
  const { may } = useWho();
  const mayRemove = useMayRemove();
  const remove = useAnnotation((note: string) => annotate.removeNote(entry.id, note));
  return (
    <Section title={t.entry.notes}>
      {entry.notes.length === 0 && (
        <Text c="dimmed" size="sm">
          {t.entry.noNotes}
        </Text>
      )}
      <ul className={styles.notes}>
        {entry.notes.map(({ id, text, author, at }) => (
          <li key={id}>
            <div>
              <p>{text}</p>
              <small>{t.entry.noteBy(entry.authors[author] ?? author, format.short(new Date(at)))}</small>
            </div>
            {mayRemove(author) && (
              <ActionIcon
                variant="subtle"
                color="gray"
                aria-label={t.entry.removeNote}
                onClick={() => remove.mutate(id)}
              >
                <Icon name="trash" size={16} />
              </ActionIcon>
            )}
          </li>
        ))}
      </ul>
      {remove.error && <Alert color="red">{messageOf(remove.error, t)}</Alert>}
      {may.write && <AddNote id={entry.id} tellUnsaved={tellUnsaved} />}
    </Section>
  );
}

/** Whether a note of this author may be taken back; spares people buttons that say no. */
function useMayRemove(): (author: string) => boolean {
  const { sub, may } = useWho();
  const rule = useSettings().data?.note_removal;
  const mayOthers = rule === 'everyone' || (rule === 'author_and_admins' && may.admin);
  // what was written before subjects named their issuer has the bare sub
  return (author) => may.write && (mayOthers || author === sub || sub.endsWith(`#${author}`));
}

/** A note that is typed and not saved yet; null: there is none. */
export type Unsaved = Pick<Draft<string>, 'isUnsaved' | 'discard'> | null;

function AddNote({ id, tellUnsaved }: { readonly id: string } & Pick<Props, 'tellUnsaved'>) {
  const { t } = useLanguage();
  const draft = useDraft(`note ${id}`, () => '', isText);
  const { value: text, change: setText, isUnsaved } = draft;
  const latest = useRef(draft);
  useEffect(() => {
    latest.current = draft;
  });
  useEffect(() => {
    tellUnsaved(isUnsaved ? { isUnsaved, discard: () => latest.current.discard() } : null);
    return () => tellUnsaved(null);
  }, [isUnsaved, tellUnsaved]);
  // one key a note: a retry after a lost answer does not add it twice
  const [key, setKey] = useState(() => crypto.randomUUID());
  const add = useAnnotation(
    () => annotate.note(id, text.trim(), key),
    () => {
      draft.discard();
      setKey(crypto.randomUUID());
    },
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '' && !add.isPending) add.mutate(undefined);
  };
  return (
    <>
      <RestoredDraft draft={draft} />
      <form onSubmit={submit} className={styles.add}>
        <Textarea
          aria-label={t.entry.noteText}
          placeholder={t.entry.addNote}
          autosize
          maxRows={8}
          maxLength={10_000}
          value={text}
          onChange={(event) => setText(event.currentTarget.value)}
          error={add.error && messageOf(add.error, t)}
          flex={1}
        />
        <Button type="submit" variant="default" loading={add.isPending} disabled={text.trim() === ''}>
          {t.app.save}
        </Button>
      </form>
    </>
  );
}
