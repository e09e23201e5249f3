import { STATUS_CODES } from 'node:http';
import type { ErrorRequestHandler, Response } from 'express';
import { z } from 'zod';
import { policyOf } from '../../errorPolicy.ts';
import { CommslogError, type ErrorCode } from '../../errors.ts';
import { stateOf } from './requestState.ts';

/** How long a client should wait before it tries again what failed for a moment. */
const RETRY_AFTER_SECONDS = 2;

/** Every error's answer: problem details (RFC 9457) with our stable code. */
export const problemSchema = z
  .object({
    type: z.literal('about:blank'),
    title: z.string(),
    status: z.int(),
    detail: z.string(),
    code: z.string().meta({ description: 'stable, for programs' }),
    request_id: z.string(),
    errors: z
      .array(z.object({ pointer: z.string(), detail: z.string() }))
      .optional()
      .meta({ description: 'the invalid fields, each by a JSON pointer into the body, the query or the path' }),
  })
  .meta({ id: 'Problem' });

/** The last middleware: whatever was thrown becomes problem details; what is not ours to tell becomes `INTERNAL`. */
export const problemHandler: ErrorRequestHandler = (thrown: unknown, request, response, _next) => {
  const error = asCommslogError(thrown);
  if (error.status >= 500 && !response.destroyed) response.err = error;
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  const { id } = stateOf(request);
  const problem: z.infer<typeof problemSchema> = {
    type: 'about:blank',
    title: STATUS_CODES[error.status] ?? 'Error',
    status: error.status,
    detail: error.message,
    code: error.code,
    request_id: id,
    ...(error.fields.length > 0 ? { errors: [...error.fields] } : {}),
  };
  addHeaders(response, error);
  response.status(error.status).type('application/problem+json').end(JSON.stringify(problem));
};

function addHeaders(response: Response, error: CommslogError): void {
  if (error.status === 401) response.setHeader('WWW-Authenticate', 'Bearer');
  if (error.status === 503 && policyOf(error) === 'later')
    response.setHeader('Retry-After', String(RETRY_AFTER_SECONDS));
  response.setHeader('Cache-Control', 'no-store');
}

function asCommslogError(thrown: unknown): CommslogError {
  if (thrown instanceof CommslogError) return thrown;
  const code = codeOfStatus(thrown);
  if (code) return new CommslogError(code, REFUSALS[code], { cause: thrown });
  return new CommslogError('INTERNAL', 'Something went wrong on our side; the log has the request id.', {
    cause: thrown,
  });
}

/** What Express and its body parser refuse, by the status that they give it. */
const REFUSALS = {
  BAD_REQUEST: 'The request cannot be read: its body must be valid JSON, its URL well encoded.',
  PAYLOAD_TOO_LARGE: 'The body may have at most 100 kB.',
  UNSUPPORTED_MEDIA_TYPE: 'The body must be application/json in UTF-8.',
} as const satisfies Partial<Record<ErrorCode, string>>;

function codeOfStatus(thrown: unknown): keyof typeof REFUSALS | null {
  const status = thrown instanceof Error && 'status' in thrown ? thrown.status : null;
  if (status === 413) return 'PAYLOAD_TOO_LARGE';
  if (status === 415) return 'UNSUPPORTED_MEDIA_TYPE';
  return status === 400 ? 'BAD_REQUEST' : null;
}
