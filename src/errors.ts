/** Every error the program knows by name: a stable code, and the HTTP status it has where it reaches a client. */
const CODES = {
  // the log
  WRONG_EXPECTED_REVISION: 409,
  APPEND_TOO_LARGE: 413,
  INVALID_EVENT: 422,
  STREAM_DELETED: 409,
  LOG_UNAVAILABLE: 503,
  LOG_OUTCOME_UNKNOWN: 503,
  LOG_ACCESS_DENIED: 503,
  LOG_STORAGE_FAILED: 503,
  LOG_IS_ANOTHER: 503,
  LOG_TOO_SHORT: 503,
  LOG_HOLE: 503,
  LOG_DIFFERS: 500,
  // projections
  FENCED: 503,
  POISON_EVENT: 500,
  SCHEMA_TOO_NEW: 503,
  DATABASE_UNAVAILABLE: 503,
  BUSY: 503,
  DATABASE_REFUSED: 503,
  POSTGRES_DATA_GONE: 503,
  POSTGRES_VERSION_DIFFERS: 503,
  REBUILD_BEHIND: 409,
  REBUILD_HAS_PARKED: 409,
  VERSION_GONE: 410,
  // AMI
  AMI_NO_BANNER: 502,
  AMI_NOT_ASTERISK: 502,
  AMI_TOO_OLD: 502,
  AMI_LOGIN_REFUSED: 502,
  AMI_TIMEOUT: 504,
  AMI_CONNECTION_LOST: 502,
  AMI_NEW_LOGIN: 502,
  AMI_UNREACHABLE: 502,
  AMI_TLS: 502,
  AMI_LINE_TOO_LONG: 502,
  AMI_FRAME_TOO_LARGE: 502,
  AMI_INVALID_ACTION: 500,
  AMI_ACTION_FAILED: 502,
  // call records
  CDR_UNAVAILABLE: 502,
  CDR_UNREADABLE: 502,
  CDR_TIME_ZONE_WRONG: 422,
  // HTTP
  BAD_REQUEST: 400,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  NOT_FOUND: 404,
  METHOD_NOT_ALLOWED: 405,
  CONFLICT: 409,
  CUSTOMER_ERASED: 410,
  PRECONDITION_FAILED: 412,
  PAYLOAD_TOO_LARGE: 413,
  UNSUPPORTED_MEDIA_TYPE: 415,
  HOST_NOT_ALLOWED: 421,
  VALIDATION_FAILED: 422,
  IDEMPOTENCY_KEY_REUSED: 422,
  TOO_MANY_REQUESTS: 429,
  // calls that somebody wants to be begun
  CALL_NOT_ALLOWED: 409,
  CALL_REFUSED: 409,
  NO_PHONE: 409,
  CALL_NOT_TAKEN: 503,
  INTERNAL: 500,
  STARTING: 503,
  ISSUER_UNAVAILABLE: 503,
  // configuration and start
  CONFIG_INVALID: 500,
  RULES_INVALID: 500,
  DATA_DIR_IN_USE: 500,
  DATA_DIR_UNREACHABLE: 500,
  DATA_DIR_UNUSABLE: 500,
  RECORDING_UNREADABLE: 500,
  JOURNAL_FAILED: 500,
  EXPORT_FAILED: 500,
  EXPORT_CHANGED: 500,
} as const satisfies Record<string, number>;

export type ErrorCode = keyof typeof CODES;

/** One invalid field: a JSON pointer into what was sent (`#/duration_seconds`) and what to do about it. */
export type FieldProblem = { readonly pointer: string; readonly detail: string };

/**
 * An error with a stable code. Its message is read by people and by logs, so it never holds a phone number, a name,
 * a note or a secret.
 */
export class CommslogError extends Error {
  override readonly name = 'CommslogError';
  readonly code: ErrorCode;
  readonly fields: readonly FieldProblem[];

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; fields?: readonly FieldProblem[] } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.fields = options.fields ?? [];
  }

  get status(): number {
    return CODES[this.code];
  }
}

export function hasCode<C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is CommslogError & { readonly code: C } {
  return error instanceof CommslogError && codes.some((code) => code === error.code);
}
