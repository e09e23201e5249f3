import { Button, Textarea, TextInput } from '@mantine/core';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { callBack, useSaying } from '../api/callBacks.ts';
import type { CallBack, CallBackPlan } from '../api/types.ts';
import { LeaveQuestion } from '../drafts/LeaveQuestion.tsx';
import { RestoredDraft } from '../drafts/RestoredDraft.tsx';
import { useCloseGuard } from '../drafts/useCloseGuard.ts';
import { useDraft } from '../drafts/useDraft.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { localMinute } from '../logCall/form.ts';
import { messageOf } from '../shell/messageOf.ts';
import { say } from '../shell/say.tsx';
import styles from './PlanForm.module.css';

type Props = { readonly caller: CallBack; readonly who: string; readonly close: () => void };
type Plan = { readonly due: string; readonly note: string };

const MAX_NOTE = 2_000;

/** Says until when a caller is to be called, and what is to be known; empty: no time, no note. */
export function PlanForm({ caller, who, close }: Props) {
  const { t } = useLanguage();
  const [before] = useState(() => planOf(caller));
  const draft = useDraft(`call-back ${caller.id}`, () => before, isPlan);
  const { due, note } = draft.value;
  const guard = useCloseGuard(draft, close);
  const first = useRef<HTMLTextAreaElement>(null);
  useEffect(() => first.current?.focus(), []);
  const saving = useSaying((plan: CallBackPlan) => callBack.plan(caller.id, plan), {
    said() {
      draft.discard();
      say(t.callBacks.saved);
      close();
    },
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!saving.isPending) saving.mutate(changesOf(draft.value, before));
  };
  return (
    <form
      className={styles.form}
      aria-label={t.callBacks.planOf(who)}
      onSubmit={submit}
      onKeyDown={(event) => event.key === 'Escape' && guard.ask()}
    >
      <LeaveQuestion guard={guard} />
      <RestoredDraft draft={draft} />
      <div className={styles.fields}>
        <TextInput
          type="datetime-local"
          label={t.callBacks.dueAt}
          value={due}
          onChange={({ currentTarget: { value } }) => draft.change((typed) => ({ ...typed, due: value }))}
        />
        <Textarea
          ref={first}
          className={styles.text}
          label={t.callBacks.note}
          autosize
          maxRows={6}
          maxLength={MAX_NOTE}
          value={note}
          onChange={({ currentTarget: { value } }) => draft.change((typed) => ({ ...typed, note: value }))}
          error={saving.error && messageOf(saving.error, t)}
        />
        <div className={styles.buttons}>
          <Button variant="default" size="compact-md" onClick={guard.ask}>
            {t.app.cancel}
          </Button>
          <Button type="submit" size="compact-md" loading={saving.isPending}>
            {t.app.save}
          </Button>
        </div>
      </div>
    </form>
  );
}

function planOf({ due_at: dueAt, note }: CallBack): Plan {
  return { due: dueAt === null ? '' : localMinute(new Date(dueAt)), note: note?.text ?? '' };
}

/** Only what was changed here: what somebody else said of the rest meanwhile stays. */
function changesOf({ due, note }: Plan, before: Plan): CallBackPlan {
  return {
    ...(due === before.due ? {} : { due_at: due === '' ? null : new Date(due).toISOString() }),
    ...(note.trim() === before.note ? {} : { note: note.trim() }),
  };
}

function isPlan(stored: unknown): stored is Plan {
  return (
    typeof stored === 'object' &&
    stored !== null &&
    'due' in stored &&
    typeof stored.due === 'string' &&
    'note' in stored &&
    typeof stored.note === 'string'
  );
}
