import { Alert, Button, Textarea } from '@mantine/core';
import { type FormEvent, useState } from 'react';
import { rebuilds } from '../api/admin.ts';
import { ApiError } from '../api/client.ts';
import type { Rules } from '../api/types.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { messageOf } from '../shell/messageOf.ts';
import { useVersionChange } from './useVersionChange.ts';

/** The rules as they stand in `rules.json`, to be edited and tried: nothing that is served changes. */
export function RulesForm({ rules }: { readonly rules: Rules }) {
  const { t } = useLanguage();
  const [text, setText] = useState(() => JSON.stringify(rules, null, 2));
  const parsed = parsedRules(text);
  const start = useVersionChange(() => rebuilds.start(parsed), t.rebuild.started);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (parsed !== null && !start.isPending) start.mutate();
  };
  return (
    <form onSubmit={submit}>
      {start.error && (
        <Alert color="red" role="alert" title={messageOf(start.error, t)} mb="md">
          {start.error instanceof ApiError &&
            [...start.error.fields].map(([pointer, detail]) => (
              <div key={pointer}>
                <code>{pointer}</code> {detail}
              </div>
            ))}
        </Alert>
      )}
      <Textarea
        label={t.rebuild.rulesLabel}
        autosize
        minRows={8}
        maxRows={24}
        spellCheck={false}
        styles={{ input: { fontFamily: 'ui-monospace, monospace', fontSize: 13 } }}
        value={text}
        onChange={(event) => setText(event.currentTarget.value)}
        error={parsed === null && t.rebuild.noJson}
        mb="md"
      />
      <Button type="submit" loading={start.isPending} disabled={parsed === null}>
        {t.rebuild.start}
      </Button>
    </form>
  );
}

/** The JSON object that was typed; null when it is none. What is allowed in it, the server knows. */
function parsedRules(text: string): object | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : null;
  } catch {
    return null;
  }
}
