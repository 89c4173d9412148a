/**
 * The guard in front of Directus, first in line. Each part is a file of `shield/`: who may ask which path (paths.ts), how much one
 * request may ask (limits.ts), how often one address may (rate-classes.ts), and what is refused whoever asks. A process without its
 * shield does not serve.
 */
import type { NextFunction, Request, Response } from 'express';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { callersFault } from './platform/callers-fault.ts';
import { requestIds } from './platform/request-id.ts';
import { limitAssets } from './shield/asset-limits.ts';
import { limitBodyLength, limitBodyShape } from './shield/body-limits.ts';
import { guardFlowTriggers } from './shield/flow-triggers.ts';
import { refuseOddGeometry } from './shield/geometry-types.ts';
import { tellFaultsInGraphQl } from './shield/graphql-faults.ts';
import { limitGraphQl } from './shield/graphql-limits.ts';
import { mounting, surviveRejections, type HookRegister } from './shield/mounting.ts';
import { refuseOddSecrets } from './shield/odd-secrets.ts';
import { refuseByAudience, refuseClosedPaths, refuseMethods } from './shield/path-policy.ts';
import { pathTable, publicRows } from './shield/path-table.ts';
import { PATHS } from './shield/paths.ts';
import { plainAnswers } from './shield/plain-answers.ts';
import { freezePrototypeFunctions, refusePrototypeNames } from './shield/prototype-guard.ts';
import { limitQueryByAudience, limitQueryString } from './shield/query-limits.ts';
import { mountRateLimits } from './shield/rate-limits.ts';
import { refuseWrites, type FilterRegister } from './shield/refused-writes.ts';
import { guardTargets } from './shield/request-target.ts';
import { commonHeaders } from './storefront/common-headers.ts';

type ShieldContext = DirectusContext & { env: Record<string, unknown> };

export default (register: HookRegister & FilterRegister, context: ShieldContext): void => {
  const shop = directusShop(context);
  const { db, env, log } = shop;
  const mount = mounting(register, log, 'The shield');
  const doors = () => pathTable([...publicRows(env.PUBLIC_PATHS), ...PATHS]);

  refuseWrites(register);
  // By then every request has its name.
  const answers = plainAnswers(
    commonHeaders(
      context.env,
      requestIds(() => false),
    ),
  );
  mountRateLimits(mount, { shop, env: context.env, answers });
  mount('middlewares.before', (app) => {
    surviveRejections(log);
    freezePrototypeFunctions();
    tellFaultsInGraphQl();
    guardTargets(app);
    app.use(refuseMethods);
    app.use(refuseClosedPaths(doors()));
    app.use(limitBodyLength);
    app.use(refusePrototypeNames);
    app.use(limitQueryString);
  });
  // Behind authentication and the body's parser: a header alone proves nobody.
  mount('middlewares.after', (app) => {
    app.use(refuseByAudience(doors()));
    app.use(guardFlowTriggers(db));
    app.use(limitQueryByAudience);
    app.use(limitBodyShape);
    app.use(limitGraphQl);
    app.use(limitAssets);
    app.use(refuseOddGeometry);
    app.use(refuseOddSecrets);
  });
  mount('routes.custom.after', (app) => {
    app.use((error: unknown, req: Request, _res: Response, next: NextFunction) =>
      next(callersFault(error, req) ?? error),
    );
  });
};
