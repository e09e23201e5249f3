import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import type { Request } from 'express';
import { CommslogError } from '../../errors.ts';

export type Encoding = {
  /** as `TextDecoder` names it */
  readonly name: string;
  /** what tells it: the bytes, the charset of the Content-Type, or nothing */
  readonly by: 'bytes' | 'content_type' | 'guess';
};

export type ImportedText = { readonly encoding: Encoding; readonly text: AsyncGenerator<string> };

export type ImportedBody = Pick<Request, 'is' | 'iterator' | 'headers'>;

const MAX_BYTES = 10_000_000;
/** Of what nobody wants any more; beyond it the connection is closed. */
const MAX_DISCARDED_BYTES = 5 * MAX_BYTES;
/** Others wait while so much is read. */
const PIECE_BYTES = 65_536;
const CHARSET = /;\s*charset\s*=\s*"?([^\s";]+)/i;

/**
 * The text of a body, without a byte order mark, in pieces: UTF-16 where its first bytes say so, else in the charset of its
 * Content-Type, else UTF-8 if all of it is, else what Windows calls Latin-1, which any bytes are.
 * Errors: `PAYLOAD_TOO_LARGE`, `UNSUPPORTED_MEDIA_TYPE` of a charset that is not known; while it is read `BAD_REQUEST` where
 * it is not in the charset that was told.
 */
export async function readImportedText(request: ImportedBody): Promise<ImportedText> {
  const told = charsetOf(request);
  const bytes = await bytesOf(request);
  const encoding = encodingOf(bytes, told);
  return { encoding, text: decoded(bytes, encoding) };
}

export function tooLarge(what: string): CommslogError {
  return new CommslogError('PAYLOAD_TOO_LARGE', `The import has ${what}; divide it.`);
}

async function bytesOf(request: ImportedBody): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request.iterator({ destroyOnReturn: false })) {
      const bytes: Buffer = Buffer.from(chunk);
      size += bytes.length;
      if (size > MAX_BYTES) throw tooLarge(`more than ${MAX_BYTES} bytes`);
      chunks.push(bytes);
      // what has come in already is handed out without a turn of the event loop, and others wait meanwhile
      await setImmediate();
    }
    return Buffer.concat(chunks);
  } finally {
    await discardRest(request);
  }
}

/** Most clients read an answer only when they have sent all, and are cut off when nobody takes it. */
async function discardRest(request: ImportedBody): Promise<void> {
  let size = 0;
  for await (const chunk of request.iterator({ destroyOnReturn: false })) {
    size += chunk.length;
    if (size > MAX_DISCARDED_BYTES) return;
  }
}

/** Null: none is told. */
function charsetOf({ headers }: ImportedBody): string | null {
  const label = CHARSET.exec(headers['content-type'] ?? '')?.[1];
  if (label === undefined) return null;
  try {
    return new TextDecoder(label).encoding;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new CommslogError('UNSUPPORTED_MEDIA_TYPE', 'The charset that Content-Type names is not known.');
  }
}

function encodingOf(bytes: Buffer, told: string | null): Encoding {
  const [first = 1, second = 1] = bytes;
  // a mark; or the first character, which is one of ASCII in tables and JSON
  if ((first === 0xff && second === 0xfe) || second === 0) return { name: 'utf-16le', by: 'bytes' };
  if ((first === 0xfe && second === 0xff) || first === 0) return { name: 'utf-16be', by: 'bytes' };
  if (told !== null) return { name: told, by: 'content_type' };
  return isUtf8(bytes) ? { name: 'utf-8', by: 'bytes' } : { name: 'windows-1252', by: 'guess' };
}

async function* decoded(bytes: Buffer, { name, by }: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(name, { fatal: by === 'content_type' });
  try {
    for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
      yield decoder.decode(bytes.subarray(from, from + PIECE_BYTES), { stream: true });
      await setImmediate();
    }
    yield decoder.decode();
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new CommslogError('BAD_REQUEST', `The body is not in ${name}, as its Content-Type says.`);
  }
}
