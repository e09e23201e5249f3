import type { ByRole } from '../../../src/http/kit/rateLimit.ts';

/** The same limit, whoever asks. */
export function forEveryRole(limit: number): ByRole {
  return { agent: limit, auditor: limit, admin: limit, nobody: limit };
}
