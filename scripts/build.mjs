// Builds dist/ from src/ and dist/web/ from web/ (npm runs it as `prepare`), side by side. In a published package, or
// without the development dependencies, there is nothing to build from.
import { execFile } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const root = fileURLToPath(new URL('..', import.meta.url));
const node = promisify(execFile);
const tools = {
  tsc: [`${root}node_modules/typescript/bin/tsc`, '-p', `${root}tsconfig.build.json`],
  vite: [`${root}node_modules/vite/bin/vite.js`, 'build', `${root}web`, '--logLevel', 'warn'],
};
if (existsSync(`${root}src`) && Object.values(tools).every(([program]) => existsSync(program))) {
  rmSync(`${root}dist`, { recursive: true, force: true });
  await Promise.all(Object.values(tools).map(run));
}

async function run(command) {
  try {
    const { stdout, stderr } = await node(process.execPath, command);
    process.stderr.write(stdout + stderr);
  } catch (error) {
    process.stderr.write(`${error.stdout}${error.stderr}\n`);
    process.exit(1);
  }
}
