import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

const USUAL_PATHS = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/snap/bin/chromium',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];
const BY_APT = 'apt-get update && apt-get install -y --no-install-recommends chromium';
const isRoot = process.getuid?.() === 0;

/** A Chromium without a window. `CHROMIUM` names another one; as root on Debian a missing one is installed. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: findChromium(),
    args: [
      // its sandbox refuses to run as root
      ...(isRoot ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function findChromium(): string {
  const named = process.env.CHROMIUM;
  if (named !== undefined) return named;
  return installed() ?? install();
}

function installed(): string | undefined {
  return USUAL_PATHS.find((path) => existsSync(path));
}

function install(): string {
  if (!isRoot || !existsSync('/usr/bin/apt-get')) {
    throw new Error(`The tests of the web app need Chromium: sudo sh -c '${BY_APT}', or set CHROMIUM to its path.`);
  }
  console.log(`Chromium is missing, so it is installed now: ${BY_APT}`);
  // several test files may find it missing at once: the first one installs, the others wait for the lock
  execFileSync('flock', ['/tmp/commslog-chromium.lock', 'sh', '-c', `[ -x /usr/bin/chromium ] || { ${BY_APT}; }`], {
    stdio: 'inherit',
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  });
  const path = installed();
  if (path === undefined) throw new Error(`Chromium is not there although this ended well: ${BY_APT}`);
  return path;
}
