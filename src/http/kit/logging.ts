import type { IncomingMessage } from 'node:http';
import type { RequestHandler } from 'express';
import type { Logger } from 'pino';
import { pinoHttp } from 'pino-http';
import { CommslogError, hasCode } from '../../errors.ts';
import { stateOf } from './requestState.ts';

/**
 * One line a request: id, method, route, status, time, who. The URL is not logged (a query or a mistyped path can hold a
 * number), nor any header or body; of an unforeseen error only where it happened, as its message can hold values.
 */
export function requestLog(logger: Logger): RequestHandler {
  const log = pinoHttp({
    logger,
    genReqId: (request, response) => {
      const { id } = stateOf(request);
      response.setHeader('X-Request-Id', id);
      return id;
    },
    quietReqLogger: true,
    customAttributeKeys: { reqId: 'request_id', responseTime: 'ms' },
    // not customProps: pino-http writes those twice, before and after the route is known
    customSuccessObject: (request, _response, line: object) => ({ ...whatAndWho(request), ...line }),
    customErrorObject: (request, _response, _error, line: object) => ({ ...whatAndWho(request), ...line }),
    customSuccessMessage: () => 'request',
    customErrorMessage: () => 'request failed',
    customLogLevel: (_request, { statusCode, err }) => (statusCode < 500 ? 'info' : isRefusal(err) ? 'warn' : 'error'),
    wrapSerializers: false,
    serializers: {
      req: () => undefined,
      res: (response: { statusCode: number }) => ({ status: response.statusCode }),
      err: describeError,
    },
  });
  return (request, response, next) => log(request, response, next);
}

function whatAndWho(request: IncomingMessage): object {
  const { route, principal } = stateOf(request);
  return { method: request.method, route, sub: principal?.sub, role: principal?.role };
}

/** More is asked than is done at once, or too early: nothing is broken, and many of them come at a time. */
function isRefusal(error: unknown): boolean {
  return hasCode(error, 'BUSY', 'STARTING');
}

/** An error without the values that it might repeat: its kind, its code, where it happened, and the same of its cause. */
export function describeError(error: unknown): object {
  if (!(error instanceof Error)) return { kind: typeof error };
  return {
    kind: error.name,
    code: 'code' in error ? String(error.code) : undefined,
    // ours hold no values by contract; those of others may
    message: error instanceof CommslogError ? error.message : undefined,
    stack: isRefusal(error) ? undefined : error.stack?.split('\n').filter((line) => line.startsWith('    at ')),
    cause: error.cause === undefined ? undefined : describeError(error.cause),
  };
}
