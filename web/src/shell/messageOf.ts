import { ApiError } from '../api/client.ts';
import type { Dictionary } from '../i18n/en.ts';

/** What a person is told of an error. */
export function messageOf(error: unknown, t: Dictionary): string {
  if (!(error instanceof ApiError)) return t.errors.unknown;
  if (error.status === 0) return t.errors.unreachable;
  if (error.status === 401) return t.errors.expired;
  if (error.status === 403) return t.errors.forbidden;
  if (error.status === 412) return t.errors.changedMeanwhile;
  return t.errors.ofStatus[error.status] ?? (error.message === '' ? t.errors.unknown : error.message);
}

/** What a person is told at a field that the server refused. */
export function fieldMessageOf(detail: string, t: Dictionary): string {
  return t.errors.refusedField === '' ? detail : t.errors.refusedField;
}
