import type { z } from 'zod';
import { CommslogError, type FieldProblem } from '../../errors.ts';

/** Fields that are told of one input. */
const MAX_FIELDS = 100;

/**
 * What came, if the schema takes it. Errors: `VALIDATION_FAILED` with a JSON pointer for every field that is wrong or
 * not known, the first of them; what was sent is not repeated.
 */
export function parseInput<S extends z.ZodType>(
  schema: S,
  input: unknown,
  where: 'path' | 'query' | 'body',
): z.output<S> {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new CommslogError('VALIDATION_FAILED', `The ${where} of the request is not as it must be.`, {
    fields: parsed.error.issues.flatMap(problemsOf).slice(0, MAX_FIELDS),
  });
}

function problemsOf(issue: z.core.$ZodIssue): FieldProblem[] {
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({ pointer: pointerTo([...issue.path, key]), detail: 'no such field' }));
  }
  return [{ pointer: pointerTo(issue.path), detail: issue.message }];
}

/** RFC 6901 as a URI fragment; long keys of a hostile body are cut. */
function pointerTo(path: readonly PropertyKey[]): string {
  const parts = path.map((part) => String(part).slice(0, 100).replaceAll('~', '~0').replaceAll('/', '~1'));
  return ['#', ...parts].join('/');
}
