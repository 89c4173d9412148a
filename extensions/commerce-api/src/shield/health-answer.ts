/**
 * `/server/ping`: the process runs. `/server/health`: it should be sent requests. Strangers are told a word, as Directus tells them;
 * administrators who sign in get its full report.
 */
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Health } from './health.ts';
import type { PlainAnswers } from './plain-answers.ts';

const PING = '/server/ping';
const HEALTH = '/server/health';

/** Whether it is answered here, before anything else is asked. */
export function isHealthPath({ method, url, headers }: IncomingMessage): boolean {
  if (method !== 'GET' && method !== 'HEAD') return false;
  return (
    url === PING || (url === HEALTH && headers.authorization === undefined && headers.cookie === undefined)
  );
}

/** Answers in any case; an unknown path counts as the question for health. */
export function healthAnswer(
  health: Health,
  answers: PlainAnswers,
  req: IncomingMessage,
  res: ServerResponse,
): void {
  if (req.url === PING) {
    answers.send(req, res, { status: 200, type: 'text/html; charset=utf-8', body: 'pong' });
    return;
  }
  void health.read().then((status) =>
    answers.send(req, res, {
      status: status === 'error' ? 503 : 200,
      type: 'application/health+json; charset=utf-8',
      body: JSON.stringify({ status }),
    }),
  );
}
