import { CommslogError } from '../../../errors.ts';

export type Credentials = { readonly username: string; readonly password: string };

/**
 * How a cluster is watched, where the connection string says nothing else; all but the time for gossip (seconds) and the
 * tries in milliseconds. A node whose packets vanish is noticed by its silence alone: 20 s by the client's own settings. In
 * an election the search for a leader fails after 3 s, with silent nodes after some 40 s, and the next call searches again.
 */
const IN_A_CLUSTER = {
  keepAliveInterval: 3_000,
  keepAliveTimeout: 3_000,
  gossipTimeout: 2,
  discoveryInterval: 500,
  maxDiscoverAttempts: 6,
};

const SHAPE = /^esdb(\+discover)?:\/\/(?:([^:@/?]+):([^@]+)@)?([^/?]+)\/?(?:\?(.*))?$/;

/** Whether it names a cluster: several hosts, or one name that stands for them. */
export function namesCluster(url: string): boolean {
  const [, discover, , , hosts = ''] = SHAPE.exec(url) ?? [];
  return discover !== undefined || hosts.includes(',');
}

/** The connection string, with the settings for a cluster that it lacks. */
export function withClusterSettings(url: string): string {
  if (!namesCluster(url) || url.endsWith('?')) return url;
  const missing = Object.entries(IN_A_CLUSTER).filter(([name]) => settingOf(url, name) === undefined);
  const settings = missing.map(([name, value]) => `${name}=${value}`).join('&');
  return settings === '' ? url : `${url}${url.includes('?') ? '&' : '?'}${settings}`;
}

/** The nodes that are named, as `host:port`. */
export function hostsOf(url: string): readonly string[] {
  const [, , , , hosts = ''] = SHAPE.exec(url) ?? [];
  return hosts.split(',').map((host) => (host.includes(':') ? host : `${host}:2113`));
}

/** A setting of the connection string, whose names are read like the client reads them: without `_`, `-` and case. */
export function settingOf(url: string, name: string): string | undefined {
  const flat = (text: string) => text.toLowerCase().replace(/[_-]/g, '');
  const [, , , , , settings = ''] = SHAPE.exec(url) ?? [];
  for (const setting of settings.split('&')) {
    const [key = '', value] = setting.split('=');
    if (flat(key) === flat(name)) return value;
  }
  return undefined;
}

export function usesTls(url: string): boolean {
  return settingOf(url, 'tls')?.toLowerCase() !== 'false';
}

/** The login that is written in the connection string. */
export function writtenCredentialsOf(url: string): Credentials | null {
  const [, , username, password] = SHAPE.exec(url) ?? [];
  if (username === undefined || password === undefined) return null;
  return { username: decodeURIComponent(username), password: decodeURIComponent(password) };
}

/** The login for calls; a server without TLS asks for none, but the client must believe that there is one. */
export function credentialsOf(url: string): Credentials {
  const written = writtenCredentialsOf(url);
  if (written !== null) return written;
  if (!usesTls(url)) return { username: 'admin', password: 'changeit' };
  throw new CommslogError(
    'CONFIG_INVALID',
    'the connection string of EventStoreDB names no user: esdb://user:password@host',
  );
}
