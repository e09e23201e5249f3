import { posix } from 'node:path';
import { importsOf } from './imports.ts';
import { ROOMS, type Room } from './rooms.ts';

/** A source file; `path` from `src/` or `web/src/` on, e.g. `domain/time.ts`. */
export type SourceFile = { readonly path: string; readonly source: string };

/** Every import that goes against the arrows or leads nowhere, as `file → what it imports`. */
export function wrongImports(files: readonly SourceFile[]): string[] {
  const paths = new Set(files.map((file) => file.path));
  return files.flatMap(({ path, source }) =>
    importsOf(source)
      .filter((specifier) => !isRight(path, specifier, paths))
      .map((specifier) => `${path} → ${specifier}`),
  );
}

function isRight(path: string, specifier: string, paths: ReadonlySet<string>): boolean {
  const room = roomOf(path);
  if (!specifier.startsWith('.')) return room.packages?.test(specifier) ?? true;
  const target = posix.join(posix.dirname(path), specifier);
  if (!paths.has(target)) return false;
  const other = roomOf(target);
  if (other === room) return true;
  if (!room.may.some((name) => name === other.name || other.name.startsWith(`${name}/`))) return false;
  return other.door === undefined || isInside(room.name, other.door) || target === `${other.door}/index.ts`;
}

/** The innermost room that holds a file. */
function roomOf(path: string): Room {
  const holding = ROOMS.filter(({ name }) => path === name || path.startsWith(`${name}/`));
  const [innermost] = holding.sort((a, b) => b.name.length - a.name.length);
  if (innermost === undefined) throw new Error(`${path} stands in no room: tests/architecture/rooms.ts names them`);
  return innermost;
}

function isInside(name: string, floor: string): boolean {
  return name === floor || name.startsWith(`${floor}/`);
}

/** Circles of imports, each as the files that it leads through; a file in several circles is named once. */
export function circles(files: readonly SourceFile[]): string[] {
  const targets = new Map(files.map(({ path, source }) => [path, targetsOf(path, source)]));
  const state = new Map<string, 'open' | 'done'>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (state.get(path) === 'open') found.push([...way.slice(way.indexOf(path)), path].join(' → '));
    if (state.has(path)) return;
    state.set(path, 'open');
    for (const target of targets.get(path) ?? []) visit(target, [...way, path]);
    state.set(path, 'done');
  };
  for (const { path } of files) visit(path, []);
  return found;
}

function targetsOf(path: string, source: string): string[] {
  return importsOf(source)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => posix.join(posix.dirname(path), specifier));
}
