/** The API's problem details (RFC 9457), or that it could not be reached at all (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError';
  readonly status: number;
  readonly code: string;
  /** by field: `#/duration_seconds` → what to do about it */
  readonly fields: ReadonlyMap<string, string>;

  constructor(status: number, code: string, detail: string, fields: ReadonlyMap<string, string> = new Map()) {
    super(detail);
    this.status = status;
    this.code = code;
    this.fields = fields;
  }
}

export type Asked = {
  readonly method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  /** an error status whose answer is data all the same */
  readonly alsoOk?: number;
};

export type Answer<T> = { readonly data: T; readonly etag: string | null };

/** Asks our own server. Errors: `ApiError`. */
export async function ask<T>(path: string, asked: Asked = {}): Promise<T> {
  return (await askWithTag<T>(path, asked)).data;
}

/** The answer with its ETag, which a later write gives back as `If-Match`. */
export async function askWithTag<T>(path: string, asked: Asked = {}): Promise<Answer<T>> {
  const { method, body, headers, signal, alsoOk } = asked;
  const response = await reach(path, {
    method: method ?? 'GET',
    headers: { Accept: 'application/json', ...(body === undefined ? {} : JSON_BODY), ...headers },
    body: body === undefined ? null : JSON.stringify(body),
    signal: signal ?? null,
  });
  if (!response.ok && response.status !== alsoOk) throw await problemOf(response);
  return { data: response.status === 204 ? undefined : await response.json(), etag: response.headers.get('ETag') };
}

/** Fetches what the server offers as a file and hands it to the browser. */
export async function download(path: string, type: string, filename: string): Promise<void> {
  const response = await reach(path, { headers: { Accept: type } });
  if (!response.ok) throw await problemOf(response);
  const link = document.createElement('a');
  link.href = URL.createObjectURL(await response.blob());
  link.download = filename;
  link.click();
  URL.revokeObjectURL(link.href);
}

const JSON_BODY = { 'Content-Type': 'application/json' };

async function reach(path: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(path, init);
  } catch (error) {
    if (init.signal?.aborted) throw error;
    throw new ApiError(0, 'UNREACHABLE', '');
  }
}

async function problemOf(response: Response): Promise<ApiError> {
  const problem: { code?: string; detail?: string; errors?: { pointer: string; detail: string }[] } = await response
    .json()
    .catch(() => ({}));
  const fields = new Map((problem.errors ?? []).map(({ pointer, detail }) => [pointer, detail]));
  return new ApiError(response.status, problem.code ?? 'UNKNOWN', problem.detail ?? response.statusText, fields);
}

/** `?a=1&b=2&b=3`, without what is empty; '' when nothing is left. */
export function queryString(query: Readonly<Record<string, string | readonly string[] | undefined>>): string {
  const parameters = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) {
    for (const one of typeof value === 'string' ? [value] : (value ?? [])) if (one !== '') parameters.append(name, one);
  }
  return parameters.size === 0 ? '' : `?${parameters}`;
}
