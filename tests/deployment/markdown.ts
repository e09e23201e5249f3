import { readdirSync, readFileSync } from 'node:fs';

const root = new URL('../../', import.meta.url);

/** Every document of the project by its path, with its text. */
export const documents: ReadonlyMap<string, string> = new Map(
  [
    ...readdirSync(root).filter((name) => name.endsWith('.md')),
    ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.md'))
      .map((name) => `docs/${name}`),
  ].map((path) => [path, readFileSync(new URL(path, root), 'utf8')]),
);

export type Block = { readonly document: string; readonly language: string; readonly text: string };

/** Every block of code of the documents, in their order: README and the guide first, as people read them. */
export function blocks(): Block[] {
  const first = ['README.md', 'CONTRIBUTING.md'];
  const order = [...first, ...[...documents.keys()].filter((path) => !first.includes(path)).sort()];
  return order.flatMap((document) =>
    [...(documents.get(document) ?? '').matchAll(/^( *)```(.*)\n([\s\S]*?)^\1```$/gm)].map(
      ([, , language = '', text = '']) => ({ document, language, text }),
    ),
  );
}
