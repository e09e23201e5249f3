import { isUtf8 } from 'node:buffer';
import { setImmediate } from 'node:timers/promises';
import type { Request } from 'express';
import { CommslogError } from '../../errors.ts';

/** As `TextDecoder` names them. */
export type Encoding = 'utf-8' | 'utf-16le' | 'utf-16be' | 'windows-1252';

export type ImportedText = { readonly encoding: Encoding; readonly text: AsyncGenerator<string> };

export type ImportedBody = Pick<Request, 'is' | 'iterator'>;

const MAX_BYTES = 10_000_000;
/** Of what nobody wants any more; beyond it the connection is closed. */
const MAX_DISCARDED_BYTES = 5 * MAX_BYTES;
/** Others wait while so much is read. */
const PIECE_BYTES = 65_536;

/**
 * The text of a body, without a byte order mark, in pieces: UTF-16 where its mark says so, else UTF-8 if all of it is,
 * else what Windows calls Latin-1, which any bytes are.
 * Errors: `PAYLOAD_TOO_LARGE`.
 */
export async function readImportedText(request: ImportedBody): Promise<ImportedText> {
  const bytes = await bytesOf(request);
  const encoding = encodingOf(bytes);
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

function encodingOf(bytes: Buffer): Encoding {
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le';
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be';
  return isUtf8(bytes) ? 'utf-8' : 'windows-1252';
}

async function* decoded(bytes: Buffer, encoding: Encoding): AsyncGenerator<string> {
  const decoder = new TextDecoder(encoding);
  for (let from = 0; from < bytes.length; from += PIECE_BYTES) {
    yield decoder.decode(bytes.subarray(from, from + PIECE_BYTES), { stream: true });
    await setImmediate();
  }
  yield decoder.decode();
}
