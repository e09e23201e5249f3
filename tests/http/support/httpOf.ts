import { createHttp, type HttpOptions, type HttpServer } from '../../../src/http/index.ts';

/** A server that has all it needs from the beginning. */
export function httpOf(options: HttpOptions): HttpServer {
  const http = createHttp(options, () => 'nothing');
  http.serve(options);
  return http;
}
