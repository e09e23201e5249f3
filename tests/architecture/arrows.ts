import { posix } from 'node:path';
import { importsOf } from './imports.ts';

/** A source file; `path` from `src/` on, e.g. `domain/call.ts`. */
export type SourceFile = { readonly path: string; readonly source: string };

/** What the rooms share stands beside them, directly in `src`. */
const SHARED = /^(?:errors|version|config|postgres|postgresNotices)\.ts$/;

type Room = {
  readonly name: string;
  /** files of other rooms that it may import */
  readonly files: RegExp;
  /** packages that it may import */
  readonly packages: RegExp;
};

const ANY = /./;
const NONE = /^$/;
const either = (...patterns: RegExp[]) => new RegExp(patterns.map((pattern) => pattern.source).join('|'));
const OUTER = either(/^(?:domain|ports)\//, SHARED);

/** The arrows of the house. Each adapter is a room; rooms do not know each other; only `cli` enters them, by their door. */
function roomOf(path: string): Room {
  const [first = '', second = ''] = path.split('/');
  if (path === first) return { name: path, files: either(/^domain\//, SHARED), packages: ANY };
  switch (first) {
    case 'domain':
      return { name: first, files: /^errors\.ts$/, packages: /^(?:zod|libphonenumber-js|uuid)(?:\/|$)/ };
    case 'ports':
      return { name: first, files: /^(?:domain\/|errors\.ts$)/, packages: NONE };
    case 'cli':
      return { name: first, files: either(OUTER, /^(?:adapters\/[^/]+|projections|http)\/index\.ts$/), packages: ANY };
    case 'adapters':
      return { name: `adapters/${second}`, files: OUTER, packages: ANY };
    default:
      return { name: first, files: OUTER, packages: ANY };
  }
}

/** Every import that goes against the arrows or leads nowhere, as `file → what it imports`. */
export function wrongImports(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap(({ path, source }) => {
    const room = roomOf(path);
    const isRight = (specifier: string): boolean => {
      if (!specifier.startsWith('.')) return room.packages.test(specifier);
      const target = posix.join(posix.dirname(path), specifier);
      return paths.has(target) && (roomOf(target).name === room.name || room.files.test(target));
    };
    return importsOf(source)
      .filter((specifier) => !isRight(specifier))
      .map((specifier) => `${path} → ${specifier}`);
  });
}
