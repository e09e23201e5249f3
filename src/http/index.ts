export type { IssuerConfig } from './auth/issuer.ts';
export { createToken } from './auth/localToken.ts';
export { isLoopback } from './auth/loopback.ts';
export { createSignInLink } from './auth/signInLinks.ts';
export { shownRetry } from './contract/parkedContract.ts';
export { shownDiff, shownDiffItem, shownRebuild, shownRulesInForce } from './contract/rebuildContract.ts';
export { DIFF_HEAD, diffLines } from './files/diffTable.ts';
export { createHttp, type HttpOptions, type HttpServer } from './server.ts';
