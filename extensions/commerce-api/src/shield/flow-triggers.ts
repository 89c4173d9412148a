/**
 * Flows that begin with a button are for who uses the admin app. Directus runs them for anybody who may read one of their
 * collections, strangers included (GHSA-fq27-7m2r-q6vm); a flow that begins with a webhook is for whoever knows its address.
 */
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { Database } from '../platform/database.ts';
import { audienceOf } from './audience.ts';
import { isAllowed } from './path-table.ts';
import { triggerOfFlow } from './queries.ts';
import { refuse } from './refuse.ts';

const TRIGGER = /^\/+flows\/+trigger\/+([0-9a-f-]{36})\/*$/i;

export function guardFlowTriggers(db: Database): RequestHandler {
  return (req: Request, res: Response, next: NextFunction) => {
    const flow = TRIGGER.exec(req.path)?.[1];
    if (flow === undefined || isAllowed(audienceOf(req), 'app')) {
      next();
      return;
    }
    triggerOfFlow(db, flow)
      .then((trigger) => {
        if (trigger === 'webhook') next();
        else refuse(res, 'FORBIDDEN');
      })
      .catch(next);
  };
}
