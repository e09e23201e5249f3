/** One thing that `doctor` has looked at, and what to do about it. */
export type Finding = { readonly level: 'ok' | 'warn' | 'fail'; readonly what: string; readonly advice?: string };
