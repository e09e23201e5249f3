import type { Config } from '../../config.ts';
import { CommslogError } from '../../errors.ts';
import type { Run } from './run.ts';

/** Settings that only who listens or projects reads. */
const OF_THE_OTHERS = [
  'AMI_HOST',
  'AMI_PORT',
  'AMI_USERNAME',
  'AMI_PASSWORD',
  'AMI_PASSWORD_FILE',
  'AMI_ORIGINATE_USERNAME',
  'AMI_ORIGINATE_PASSWORD',
  'AMI_ORIGINATE_PASSWORD_FILE',
  'AMI_TLS',
  'AMI_TLS_CA_FILE',
  'AMI_TIMEZONE',
  'PBX_ID',
  'pbx',
  'CDR_DATABASE_URL',
  'AUTO_ACTIVATE',
  'PACK_AFTER_DAYS',
  'DEMO',
  'COUNTRY',
  'RULES_FILE',
];

/**
 * Says which settings nobody reads where listening and projecting are left to others. Errors: `CONFIG_INVALID` without the
 * database that they share.
 */
export function settleHttpOnly({ config, logger }: Pick<Run, 'config' | 'logger'>): void {
  if (config.DATABASE_URL === undefined) {
    throw new CommslogError(
      'CONFIG_INVALID',
      'DATABASE_URL: `serve --only http` needs that of the servers which listen and project.',
    );
  }
  const unread = unreadSettings(config);
  if (unread.length > 0) logger.info({ settings: unread }, 'with `--only http` nobody reads these settings');
}

function unreadSettings({ given }: Config): readonly string[] {
  return OF_THE_OTHERS.filter((name) => given.includes(name));
}
