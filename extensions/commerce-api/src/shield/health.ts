/**
 * `/server/health` of Directus writes to the storage and asks the mail server on each call: that is for administrators. Everybody
 * else is told whether the database answers, asked at most once a second however many ask.
 */
import type { RequestHandler } from 'express';
import type { Database } from '../platform/database.ts';
import { audienceOf } from './audience.ts';
import { answers } from './queries.ts';
import { plainPath } from './request-target.ts';

const KEPT_MS = 1_000;

export function answerHealth(db: Database): RequestHandler {
  let asked_at = 0;
  let answer: Promise<boolean> | null = null;

  function isWell(): Promise<boolean> {
    const now = Date.now();
    if (answer === null || now - asked_at >= KEPT_MS) {
      asked_at = now;
      answer = answers(db);
    }
    return answer;
  }

  return (req, res, next) => {
    if (plainPath(req).replace(/\/$/, '') !== '/server/health' || audienceOf(req) === 'admin') {
      next();
      return;
    }
    isWell()
      .then((is_well) => {
        res.status(is_well ? 200 : 503);
        res.set({ 'Content-Type': 'application/health+json', 'Cache-Control': 'no-store' });
        res.send(JSON.stringify({ status: is_well ? 'ok' : 'error' }));
      })
      .catch(next);
  };
}
