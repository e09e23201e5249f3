import { Stack } from '@mantine/core';
import { useServers } from '../api/admin.ts';
import type { Server } from '../api/types.ts';
import { useFormat } from '../format/useFormat.ts';
import { useLanguage } from '../i18n/LanguageProvider.tsx';
import { Card } from '../shell/Card.tsx';
import { State } from './State.tsx';

/** Which server does what; nothing where there is one alone. */
export function Servers() {
  const { t } = useLanguage();
  const { data: servers = [] } = useServers();
  if (servers.length < 2) return null;
  return (
    <Card title={t.connection.servers} text={t.connection.serversText}>
      <Stack gap="xs">
        {servers.map((server) => (
          <Line key={`${server.name} ${server.started_at}`} server={server} />
        ))}
      </Stack>
    </Card>
  );
}

function Line({ server }: { readonly server: Server }) {
  const { t } = useLanguage();
  const format = useFormat();
  const { name, this_one, living, program, silent_seconds } = server;
  const word = !living ? t.connection.absent : this_one ? t.connection.thisServer : t.connection.otherServer;
  const heard = t.connection.heardOfAgo(format.duration(Math.round(silent_seconds)));
  const words = [...(living ? workOf(server, t.connection) : []), `commslog ${program}`, ...(this_one ? [] : [heard])];
  return (
    <div>
      <State level={living ? 'pass' : 'warn'} word={word} /> <strong>{name}</strong>: {words.join(' · ')}
    </div>
  );
}

function workOf(server: Server, t: ReturnType<typeof useLanguage>['t']['connection']): readonly string[] {
  const { listens_to, stands_by_for, projects, stands_by_to_project } = server;
  const work = [
    ...(listens_to.length > 0 ? [t.listensTo(listens_to.join(', '))] : []),
    ...(stands_by_for.length > 0 ? [t.standsByFor(stands_by_for.join(', '))] : []),
    ...(projects.length > 0 ? [t.projects(projects.join(', '))] : []),
    ...(stands_by_to_project ? [t.standsByToProject] : []),
  ];
  return work.length > 0 ? work : [t.httpAlone];
}
