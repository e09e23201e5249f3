export type { IssuerConfig } from './auth/issuer.ts';
export { createToken } from './auth/localToken.ts';
export { isLoopback } from './auth/loopback.ts';
export { createSignInLink } from './auth/signInLinks.ts';
export type { HealthChecks } from './health.ts';
export { createHttp, type HttpOptions, type HttpServer } from './server.ts';
