/** Answers as bytes with their headers, ready to be sent: plain at once, compressed once somebody asks a second time. */
import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';
import { wantedEncodings, type Encoding } from './accept-encoding.ts';
import type { CommonHeaders } from './common-headers.ts';

/** What compressing hardly makes shorter. */
const SMALL = 1024;
/** Browsers and shared caches ask each time, and are told at once that nothing changed. */
const CACHE_CONTROL = 'public, max-age=0, s-maxage=0, must-revalidate';

const compress: Record<Encoding, (bytes: Buffer) => Promise<Buffer>> = {
  gzip: (bytes) => promisify(gzip)(bytes, { level: 6 }),
  br: (bytes) =>
    promisify(brotliCompress)(bytes, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 5,
        [constants.BROTLI_PARAM_MODE]: constants.BROTLI_MODE_TEXT,
        [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length,
      },
    }),
};

/** One form of a body. */
interface Form {
  bytes: Buffer;
  headers: string[];
  not_modified: string[];
}

export interface PreparedAnswer {
  etag: string;
  plain: Form;
  gzip: Form | null;
  br: Form | null;
  /** Forms that are being made. */
  underway: Set<Encoding>;
}

/** `Cache-Status` by RFC 9211. */
export type CacheStatus = 'hit' | 'fwd=miss' | 'fwd=miss; collapsed' | 'fwd=bypass';

export function prepareAnswer(body: string | Buffer): PreparedAnswer {
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  const etag = weakTag(bytes);
  return { etag, plain: formOf(bytes, etag, null), gzip: null, br: null, underway: new Set() };
}

/** As Express makes them, so that a form kept by a browser is still right when Express answers. Weak: all encodings share it. */
function weakTag(bytes: Buffer): string {
  const hash = createHash('sha1').update(bytes).digest('base64').slice(0, 27);
  return `W/"${bytes.length.toString(16)}-${hash}"`;
}

function formOf(bytes: Buffer, etag: string, encoding: Encoding | null): Form {
  const lasting = ['ETag', etag, 'Cache-Control', CACHE_CONTROL, 'Vary', 'Origin, Accept-Encoding'];
  return {
    bytes,
    headers: [
      ...['Content-Type', 'application/json; charset=utf-8', 'Content-Length', String(bytes.length)],
      ...(encoding ? ['Content-Encoding', encoding] : []),
      ...lasting,
    ],
    not_modified: lasting,
  };
}

/** Sends the answer, or that the caller has it already. */
export function sendPrepared(
  req: IncomingMessage,
  res: ServerResponse,
  answer: PreparedAnswer,
  common: CommonHeaders,
  status: CacheStatus,
  if_none_match = req.headers['if-none-match'],
): void {
  const form = chosenForm(answer, req.headers['accept-encoding']);
  if (if_none_match !== undefined && isKnown(if_none_match, answer.etag)) {
    res.writeHead(304, common.with(form.not_modified, req, status));
    res.end();
    return;
  }
  res.writeHead(200, common.with(form.headers, req, status));
  res.end(form.bytes);
}

function chosenForm(answer: PreparedAnswer, header: string | undefined): Form {
  for (const encoding of wantedEncodings(header)) {
    const form = answer[encoding];
    if (form) return form;
  }
  return answer.plain;
}

/** The form a caller would have liked better than what is there; null when there is none, or it is not worth it. */
export function missingForm(answer: PreparedAnswer, header: string | undefined): Encoding | null {
  if (answer.plain.bytes.length < SMALL) return null;
  const [best] = wantedEncodings(header);
  return best === undefined || answer[best] || answer.underway.has(best) ? null : best;
}

/** Makes that form. @returns how many bytes it takes; 0 when compressing did not make it shorter */
export async function addForm(answer: PreparedAnswer, encoding: Encoding): Promise<number> {
  answer.underway.add(encoding);
  const bytes = await compress[encoding](answer.plain.bytes);
  if (bytes.length >= answer.plain.bytes.length) return 0;
  answer[encoding] = formOf(bytes, answer.etag, encoding);
  answer.underway.delete(encoding);
  return bytes.length;
}

/** `If-None-Match`, compared weakly. */
function isKnown(header: string, etag: string): boolean {
  if (header === etag || header === '*') return true;
  const bare = withoutWeakness(etag);
  return header.split(',').some((each) => withoutWeakness(each.trim()) === bare);
}

function withoutWeakness(tag: string): string {
  return tag.startsWith('W/') ? tag.slice(2) : tag;
}
