import { Alert, Button, Paper, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useState } from 'react';
import { ME, signIn, useSignInCommand } from '../api/session.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Icon } from '../shell/icons.tsx';
import styles from './SignIn.module.css';

export function SignIn({ failed }: { readonly failed: boolean }) {
  const { t } = useLanguage();
  const queries = useQueryClient();
  const { data: command } = useSignInCommand();
  const [token, setToken] = useState('');
  const byToken = useMutation({
    mutationFn: signIn,
    onSuccess: () => queries.resetQueries({ queryKey: ME }),
  });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    byToken.mutate({ token: token.trim() });
  };
  return (
    <main className={styles.page}>
      <Paper className={styles.card} withBorder>
        <span className={styles.logo}>
          <Icon name="phone" size={26} />
        </span>
        <Title order={1} size="h2">
          {t.signIn.title}
        </Title>
        {(failed || byToken.isError) && (
          <Alert color="red" role="alert">
            {t.signIn.failed}
          </Alert>
        )}
        <p>{t.signIn.how}</p>
        {command !== undefined && <pre className={styles.command}>{command}</pre>}
        <form onSubmit={submit} className={styles.form}>
          <TextInput
            label={t.signIn.token}
            description={t.signIn.or}
            value={token}
            onChange={(event) => setToken(event.currentTarget.value)}
            type="password"
            autoComplete="off"
            required
          />
          <Button type="submit" loading={byToken.isPending} disabled={token.trim() === ''}>
            {t.signIn.submit}
          </Button>
        </form>
      </Paper>
    </main>
  );
}
