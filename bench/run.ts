// `npm run bench [-- NAME …]`: runs the benchmarks one after the other and prints their lines as JSON.
import { buildProgram } from '../tests/support/buildProgram.ts';
import type { BenchLine } from './line.ts';

type Benchmark = { run(): AsyncIterable<BenchLine> };

const BENCHMARKS: Readonly<Record<string, () => Promise<Benchmark>>> = {
  parser: () => import('./parser.ts'),
  append: () => import('./append.ts'),
  journal: () => import('./journal.ts'),
  intake: () => import('./intake.ts'),
  projection: () => import('./projection.ts'),
  importing: () => import('./importing.ts'),
  rebuild: () => import('./rebuild.ts'),
  visible: () => import('./visible.ts'),
  feed: () => import('./feed.ts'),
  servers: () => import('./servers.ts'),
  scale: () => import('./scale.ts'),
  explain: () => import('./explain.ts'),
  fold: () => import('./fold.ts'),
  space: () => import('./space.ts'),
  rules: () => import('./rules.ts'),
};

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !Object.hasOwn(BENCHMARKS, name));
if (unknown.length > 0) {
  console.error(`No such benchmark: ${unknown.join(', ')}. There are ${Object.keys(BENCHMARKS).join(', ')}.`);
  process.exit(1);
}
buildProgram();
for (const [name, load] of Object.entries(BENCHMARKS)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  for await (const line of (await load()).run()) {
    console.log(
      JSON.stringify({ ...line, value: round(line.value), baseline: round(line.baseline), ratio: round(line.ratio) }),
    );
  }
}

function round(value: number): number {
  return Number(value.toPrecision(4));
}
