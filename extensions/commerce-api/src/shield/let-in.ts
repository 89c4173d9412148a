/** The door behind the storefront cache: everything that costs something comes through here. */
import type { IncomingMessage, ServerResponse } from 'node:http';
import { isKontorError, KontorError } from '../errors.ts';
import { retryAfter } from '../platform/http.ts';
import type { PlainAnswers } from './plain-answers.ts';
import type { ServerGuard } from './server-guard.ts';
import { staffProof } from './staff-tokens.ts';
import { classOf } from './work-classes.ts';

/**
 * @returns what lets a request in: it is counted until its answer has ended, and its body must arrive in time. False when it was
 * refused, and answered.
 */
export function letIn(
  { gate, slow_clients }: ServerGuard,
  answers: PlainAnswers,
  secrets: readonly string[],
  session_cookie: unknown,
): (req: IncomingMessage, res: ServerResponse) => boolean {
  const isStaff = staffProof(secrets, session_cookie);

  return (req, res) => {
    const [path = ''] = (req.url ?? '').split('?', 1);
    // Signatures are checked only where they matter: while nothing is refused, all classes are one.
    const is_calm = gate.pressure() < gate.calm_below;
    const work = classOf(req.method ?? '', path, () => !is_calm && isStaff(req.headers));
    if (work !== null) {
      try {
        res.once('close', gate.enter(work));
      } catch (error) {
        if (!isKontorError(error)) throw error;
        answers.refuse(req, res, error, ['Retry-After', retryAfter(error) ?? '1']);
        return false;
      }
    }
    slow_clients.awaitBody(req, res, () => answers.refuse(req, res, new KontorError('REQUEST_TIMEOUT')));
    return true;
  };
}
