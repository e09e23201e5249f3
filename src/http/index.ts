export type { IssuerConfig } from './auth/issuer.ts';
export { createToken } from './auth/localToken.ts';
export { isLoopback } from './auth/loopback.ts';
export { createSignInLink } from './auth/signInLinks.ts';
export { DIFF_HEAD, diffLines } from './diffTable.ts';
export type { HealthChecks, HealthReport } from './health.ts';
export { shownRetry } from './parkedContract.ts';
export { shownDiff, shownDiffItem, shownRebuild, shownRulesInForce } from './rebuildContract.ts';
export { createHttp, type HttpOptions, type HttpServer } from './server.ts';
