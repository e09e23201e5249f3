import { basename, delimiter, dirname, join, resolve } from 'node:path';

/**
 * What to type to call the program again, by how it was started: its name where a shell finds it, `npx` before it where npm
 * does, else its place in its folder.
 */
export function programName(
  started = process.argv[1] ?? '',
  path = process.env.PATH ?? '',
): 'commslog' | 'npx commslog' | 'bin/commslog' {
  const folder = dirname(started);
  if (basename(started) !== 'commslog' || !path.split(delimiter).some((place) => resolve(place) === folder))
    return 'bin/commslog';
  return folder.endsWith(join('node_modules', '.bin')) ? 'npx commslog' : 'commslog';
}
