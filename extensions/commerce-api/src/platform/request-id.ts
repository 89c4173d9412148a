/** What a request is called in logs, in its answer and in what an error tells, so that the three can be laid side by side. */
import { randomBytes } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

export type RequestId = (req: IncomingMessage) => string;

/** `id` is where pino-http looks for one. */
type NamedRequest = IncomingMessage & { id?: unknown };

const REQUEST_ID = /^[\w.:-]{1,64}$/;

/**
 * @param isTrusted whether a request comes from a proxy of the shop's own, by the address of its connection: from anybody else an
 * `X-Request-Id` is what a stranger would like to see in the logs
 * @returns the id of a request, always the same for the same one: what it came with, if it is well-formed and trusted, or a new one
 */
export function requestIds(isTrusted: (address: string) => boolean): RequestId {
  // Random, so that two processes never count alike.
  const prefix = randomBytes(6).toString('base64url');
  let counted = 0;
  return (req: NamedRequest) => {
    if (typeof req.id === 'string') return req.id;
    const given = req.headers['x-request-id'];
    const is_taken =
      typeof given === 'string' && REQUEST_ID.test(given) && isTrusted(req.socket.remoteAddress ?? '');
    const id = is_taken ? given : `${prefix}-${(counted++).toString(36)}`;
    req.id = id;
    return id;
  };
}

/** The same body with the id of its request in each error's extensions; anything else as it is. */
export function withRequestId(body: unknown, request_id: string): unknown {
  const { errors } = Object(body) as { errors?: unknown };
  if (!Array.isArray(errors)) return body;
  return {
    ...(body as object),
    errors: errors.map((error: { extensions?: object }) => ({
      ...error,
      extensions: { ...error.extensions, request_id },
    })),
  };
}
