import { readFileSync } from 'node:fs';
import https from 'node:https';
import { EventStoreDBClient } from '@eventstore/db-client';

export type Login = { readonly name: string; readonly password: string };

/** A connection string for hosts with TLS. */
export function secureUrl(hosts: readonly string[], authority: string, { name, password }: Login): string {
  return `esdb://${name}:${password}@${hosts.join()}?tls=true&tlsCAFile=${encodeURIComponent(authority)}`;
}

/** Makes a user without groups, who may read `$all` and else what every user may (docs/operations.md). */
export async function addUser(hosts: readonly string[], authority: string, admin: Login, user: Login): Promise<void> {
  await post(`https://${hosts[0]}/users/`, authority, admin, {
    loginName: user.name,
    fullName: user.name,
    password: user.password,
    groups: [],
  });
  const client = EventStoreDBClient.connectionString(secureUrl(hosts, authority, admin));
  try {
    await client.setStreamMetadata('$all', { acl: { readRoles: ['$admins', user.name] } });
  } finally {
    await client.dispose();
  }
}

async function post(url: string, authority: string, { name, password }: Login, body: unknown): Promise<void> {
  const headers = { 'content-type': 'application/json' };
  const options = { method: 'POST', headers, ca: readFileSync(authority), auth: `${name}:${password}` };
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const request = https.request(url, options, (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    request.on('error', reject).end(JSON.stringify(body));
  });
  if (status !== 201) throw new Error(`a node answers ${status} when a user is made`);
}
