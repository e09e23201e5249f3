import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { Page } from 'playwright-core';
import * as assert from 'uvu/assert';
import { z } from 'zod';

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const foundSchema = z.object({
  passes: z.int(),
  violations: z.array(
    z.object({ id: z.string(), nodes: z.array(z.object({ html: z.string(), failureSummary: z.string().optional() })) }),
  ),
});

/** What axe finds against WCAG 2.2 AA, in words. */
export async function violations(page: Page): Promise<string[]> {
  // the debugger runs it, not the page: the page's own policy allows no script from elsewhere
  await page.evaluate(axe);
  const found: unknown = await page.evaluate(
    `axe.run({ runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"] })
      .then(({ violations, passes }) => ({ violations, passes: passes.length }))`,
  );
  const { passes, violations } = foundSchema.parse(found);
  assert.ok(passes > 10, 'axe has looked');
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ html, failureSummary = '' }) => `${id}: ${html} ${failureSummary}`),
  );
}
