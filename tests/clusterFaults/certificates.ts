import { execFileSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';

const NEW_KEY = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2'];
const OF_A_NODE = [
  ['basicConstraints', 'critical,CA:FALSE'],
  ['keyUsage', 'digitalSignature,keyEncipherment'],
  ['extendedKeyUsage', 'serverAuth,clientAuth'],
];

/** What a node is told of TLS: files. */
export type Certificate = { readonly certificate: string; readonly key: string; readonly authorities: string };

/** An authority that is made for one run. Needs openssl 3. */
export class Authority {
  readonly file: string;
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
    mkdirSync(join(folder, 'authorities'));
    this.file = join(folder, 'authorities', 'ca.crt');
    openssl(...NEW_KEY, '-subj', '/CN=log authority', '-keyout', join(folder, 'ca.key'), '-out', this.file);
  }

  /** For a node that is reached by this address. */
  certify(address: string): Certificate {
    const [certificate, key] = [join(this.#folder, `${address}.crt`), join(this.#folder, `${address}.key`)];
    const extensions = [['subjectAltName', `IP:${address}`], ...OF_A_NODE].flatMap((one) => ['-addext', one.join('=')]);
    const signed = ['-CA', this.file, '-CAkey', join(this.#folder, 'ca.key')];
    openssl(
      ...NEW_KEY,
      '-subj',
      '/CN=eventstoredb-node',
      ...extensions,
      ...signed,
      '-keyout',
      key,
      '-out',
      certificate,
    );
    return { certificate, key, authorities: join(this.#folder, 'authorities') };
  }
}

function openssl(...args: readonly string[]): void {
  execFileSync('openssl', args, { stdio: 'ignore' });
}
