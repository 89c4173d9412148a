/**
 * The guard in front of Directus: what must never reach it is answered before Express. Each part is a file of `shield/`; a
 * process without its shield does not serve.
 */
import type { NextFunction, Request, Response } from 'express';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { callersFault } from './platform/callers-fault.ts';
import { closeSystemRoutes } from './shield/closed-paths.ts';
import { mounting, surviveRejections, type HookRegister } from './shield/mounting.ts';
import { freezePrototypeFunctions, refusePrototypeNames } from './shield/prototype-guard.ts';
import { limitQueryInBody, limitQueryString } from './shield/query-limits.ts';
import { guardTargets } from './shield/request-target.ts';

export default (register: HookRegister, context: DirectusContext): void => {
  const { log } = directusShop(context);
  const mount = mounting(register, log);

  mount('middlewares.before', (app) => {
    surviveRejections(log);
    freezePrototypeFunctions();
    guardTargets(app);
    app.use(refusePrototypeNames);
    app.use(limitQueryString);
  });
  // Behind authentication and the body's parser: a header alone proves nobody, and SEARCH asks in its body.
  mount('middlewares.after', (app) => {
    app.use(closeSystemRoutes);
    app.use(limitQueryInBody);
  });
  mount('routes.custom.after', (app) => {
    app.use((error: unknown, req: Request, _res: Response, next: NextFunction) =>
      next(callersFault(error, req) ?? error),
    );
  });
};
