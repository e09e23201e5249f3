import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as assert from 'uvu/assert';
import { connect } from '../src/adapters/eventstore/eventstoredb/connection.ts';
import { readAccess } from '../src/adapters/postgres/access.ts';
import { localSecret } from '../src/cli/opening/secret.ts';
import { loadConfig } from '../src/config.ts';
import { CommslogError } from '../src/errors.ts';
import { readSecret } from '../src/secretFile.ts';
import { suite } from './support/suite.ts';
import { inTemporaryFolder } from './support/temporaryFolder.ts';

const test = suite('a file that holds a secret');
const isRoot = process.geteuid?.() === 0;
const NOBODY = 65_534;
const LONG = 'a secret of more than thirty-two bytes';

function refusalOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof CommslogError && error.code === 'CONFIG_INVALID') return error.message;
    throw error;
  }
  return 'it was accepted';
}

/** Everything that reads a secret from a file, with what such a file may say. */
const READERS: Readonly<Record<string, { readonly text: string; read(file: string, folder: string): unknown }>> = {
  'DATA_DIR/secret': { text: LONG, read: (_, folder) => localSecret(folder, undefined) },
  AUTH_SECRET_FILE: { text: LONG, read: (file) => localSecret('nowhere', file) },
  'DATA_DIR/postgres.json': {
    text: JSON.stringify({ port: 5432, password: LONG }),
    read: (_, folder) => readAccess(folder),
  },
  AMI_PASSWORD_FILE: {
    text: LONG,
    read: (file) => loadConfig({ AMI_HOST: 'pbx', AMI_USERNAME: 'crm', AMI_PASSWORD_FILE: file }),
  },
  'userKeyFile of EVENTSTORE_URL': {
    text: ['pbx.pem', 'pbx.key']
      .map((name) => readFileSync(new URL(`fixtures/tls/${name}`, import.meta.url), 'utf8'))
      .join(''),
    read: (file) => {
      const client = connect(`esdb://127.0.0.1:1?tls=true&userCertFile=${file}&userKeyFile=${file}`, () => {});
      return client.dispose();
    },
  },
  'the configuration with a password': {
    text: JSON.stringify({ pbx: [{ id: 'a', host: 'pbx', username: 'crm', password: LONG }] }),
    read: (file) => loadConfig({ CONFIG_FILE: file }),
  },
  'the configuration with one in a URL': {
    text: JSON.stringify({ DATABASE_URL: 'postgres://commslog:hidden@db/commslog' }),
    read: (file) => loadConfig({ CONFIG_FILE: file }),
  },
};

/** The place where a reader looks, so that each gets the file under the name that it has. */
function placeOf(reader: string, folder: string): string {
  return join(folder, reader.startsWith('DATA_DIR/') ? reader.slice('DATA_DIR/'.length) : 'file');
}

for (const [reader, { text, read }] of Object.entries(READERS)) {
  test(`${reader}: is read where it is ours alone, and refused as a link or open to others, by its name`, () =>
    inTemporaryFolder((folder) => {
      const file = placeOf(reader, folder);
      writeFileSync(file, text, { mode: 0o600 });
      assert.is(
        refusalOf(() => read(file, folder)),
        'it was accepted',
      );
      for (const mode of [0o644, 0o640, 0o620, 0o602]) {
        chmodSync(file, mode);
        const said = refusalOf(() => read(file, folder));
        assert.match(said, `${file} may be read by others; run: chmod 600 ${file}`);
        assert.not.match(said, LONG);
      }
      const linked = join(folder, 'linked');
      mkdirSync(linked);
      chmodSync(file, 0o600);
      const link = placeOf(reader, linked);
      symlinkSync(file, link);
      assert.match(
        refusalOf(() => read(link, linked)),
        `${link} is a link: name the file itself`,
      );
    }));
}

test('may be open to others where the configuration holds no secret, and be a link', () =>
  inTemporaryFolder((folder) => {
    const file = join(folder, 'commslog.json');
    writeFileSync(file, JSON.stringify({ COUNTRY: 'GR', DATABASE_URL: 'postgres://db.example/commslog' }), {
      mode: 0o644,
    });
    symlinkSync(file, join(folder, 'link.json'));
    for (const name of ['commslog.json', 'link.json']) {
      assert.is(loadConfig({ CONFIG_FILE: join(folder, name) }).COUNTRY, 'GR');
    }
  }));

test('is no pipe, no device and no folder, and none of them is waited for', () =>
  inTemporaryFolder((folder) => {
    execFileSync('mkfifo', ['-m', '600', join(folder, 'pipe')]);
    for (const path of [join(folder, 'pipe'), '/dev/zero', folder]) {
      assert.match(
        refusalOf(() => readSecret(path)),
        `${path} is no file`,
      );
    }
  }));

if (isRoot) {
  test('is refused when it is of another user, who may change it', () =>
    inTemporaryFolder((folder) => {
      const file = join(folder, 'file');
      writeFileSync(file, LONG, { mode: 0o600 });
      chownSync(file, NOBODY, NOBODY);
      assert.match(
        refusalOf(() => readSecret(file)),
        `${file} belongs to user ${NOBODY}, and this is user 0`,
      );
    }));

  test('of root may be readable by the group of the user that the program runs as, not by all', () =>
    inTemporaryFolder((folder) => {
      chmodSync(folder, 0o711);
      const file = join(folder, 'file');
      writeFileSync(file, LONG);
      chownSync(file, 0, NOBODY);
      process.setegid?.(NOBODY);
      try {
        const asNobody = (mode: number) => {
          chmodSync(file, mode);
          process.seteuid?.(NOBODY);
          try {
            return refusalOf(() => readSecret(file));
          } finally {
            process.seteuid?.(0);
          }
        };
        assert.is(asNobody(0o640), 'it was accepted');
        assert.match(asNobody(0o644), 'may be read by others');
        assert.match(asNobody(0o660), 'may be read by others');
      } finally {
        process.setegid?.(0);
      }
    }));
} else {
  test.skip('is refused when it is of another user (only root can give one away)', () => {});
}

test.run();
