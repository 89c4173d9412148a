/** Answers given below Express, with the headers every answer has, CORS among them: a page may read why it was refused. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { ERRORS, type ErrorCode, type KontorError } from '../errors.ts';
import type { RequestId } from '../platform/request-id.ts';

/** Headers every answer has, put before its own. */
interface HeadersOfAll {
  plain: (headers: readonly string[], req: IncomingMessage) => string[];
  requestId: RequestId;
}

export interface PlainAnswers {
  send: (
    req: IncomingMessage,
    res: ServerResponse,
    answer: { status: number; type: string; body: string; headers?: readonly string[] },
  ) => void;
  refuse: (
    req: IncomingMessage,
    res: ServerResponse,
    error: Pick<KontorError, 'code' | 'extensions'> & { code: ErrorCode },
    headers?: readonly string[],
  ) => void;
}

export function plainAnswers(common: HeadersOfAll): PlainAnswers {
  const send: PlainAnswers['send'] = (req, res, { status, type, body, headers = [] }) => {
    const own = [
      ...['Content-Type', type, 'Content-Length', String(Buffer.byteLength(body))],
      ...['Cache-Control', 'no-store', 'Vary', 'Origin', ...headers],
    ];
    res.writeHead(status, common.plain(own, req));
    res.end(req.method === 'HEAD' ? undefined : body);
  };
  return {
    send,
    refuse(req, res, { code, extensions }, headers = []) {
      const { status, message } = ERRORS[code];
      const error = { message, extensions: { ...extensions, code, request_id: common.requestId(req) } };
      const body = JSON.stringify({ errors: [error] });
      send(req, res, { status, type: 'application/json; charset=utf-8', body, headers });
    },
  };
}
