/**
 * The server itself: what a request is called, what its answer tells a browser, who is let in while the process is busy, how long a
 * client may take, whether the process is well, and how it ends. This entry of the bundle comes first: it stands between the storefront
 * cache, which answers hits whatever happens, and Express. A process without it does not serve.
 */
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import type { Express, NextFunction, Request, Response } from 'express';
import { plainPath } from './core/plain-path.ts';
import { directusServer, requestIdsOf } from './directus-server.ts';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { maskStream, secretsOf, textMasker } from './platform/masked-text.ts';
import { withRequestId } from './platform/request-id.ts';
import { secretsThatHold } from './platform/secrets.ts';
import { answerBrokenRequests } from './shield/broken-requests.ts';
import { healthAnswer, isHealthPath } from './shield/health-answer.ts';
import { letIn } from './shield/let-in.ts';
import { mounting, type HookRegister as InitRegister } from './shield/mounting.ts';
import { plainAnswers } from './shield/plain-answers.ts';
import { guardFile, headersFor, isFilePath, strictTransport } from './shield/security-headers.ts';
import { commonHeaders } from './storefront/common-headers.ts';

interface HookRegister extends InitRegister {
  action: (event: string, handler: (meta: { server: Server }) => void) => void;
  filter: (event: string, handler: () => Promise<void>) => void;
}

type ServerContext = DirectusContext & { env: Record<string, unknown> };
type Handle = (req: IncomingMessage, res: ServerResponse, out?: NextFunction) => void;
type Known = Request & { accountability?: { app: boolean; admin: boolean } };

export default ({ init, action, filter }: HookRegister, context: ServerContext): void => {
  const shop = directusShop(context);
  // The CLI of Directus loads extensions too, and makes no application; what it prints is for whoever started it.
  init('app.before', () => {
    const mask = textMasker(secretsOf(process.env));
    for (const stream of [process.stdout, process.stderr]) maskStream(stream, mask);
  });
  // A process that only runs jobs makes an application too, and serves nothing.
  if (shop.env.JOBS === 'only') return;
  let server: Server | undefined;

  mounting({ init }, shop.log, 'The guard of the server')('middlewares.before', mount);

  function mount(app: Express): void {
    const guard = directusServer(context);
    const { SESSION_COOKIE_NAME } = context.env;
    const requestId = requestIdsOf(app);
    const common = commonHeaders(context.env, requestId);
    const answers = plainAnswers(common);
    const enter = letIn(guard, answers, secretsThatHold(shop.env), SESSION_COOKIE_NAME);
    const host = app as unknown as { handle: Handle };
    const express = host.handle.bind(app);
    host.handle = (req, res, out) => {
      if (isHealthPath(req)) healthAnswer(guard.health, answers, req, res);
      else if (enter(req, res)) express(req, res, out);
    };

    // Behind Directus' own policies of pages, which data would be given too.
    const transport = strictTransport(context.env);
    app.use((req: Request, res: Response, next: NextFunction) => {
      for (const [name, value] of headersFor(req.path)) res.setHeader(name, value);
      if (transport !== null) res.setHeader('Strict-Transport-Security', transport);
      res.setHeader('X-Request-Id', requestId(req));
      // Directus sets them later, and what was refused before that could not be read by a page of another origin.
      for (const [name, value] of common.cors(req)) res.setHeader(name, value);
      if (isFilePath(req.path)) guardFile(res);
      const json = res.json.bind(res);
      res.json = (body: unknown) => json(withRequestId(body, requestId(req)));
      next();
    });
  }

  init('middlewares.after', ({ app }) => {
    const guard = directusServer(context);
    const answers = plainAnswers(commonHeaders(context.env, requestIdsOf(app)));
    app.use((req: Known, res: Response, next: NextFunction) => {
      const { accountability } = req;
      if (accountability?.app || accountability?.admin) guard.slow_clients.allowLongBody(req);
      // Directus would write a file and greet the mail server for whoever asks.
      if (plainPath(req.path) === '/server/health' && !accountability?.admin)
        healthAnswer(guard.health, answers, req, res);
      else next();
    });
  });

  action('server.start', (meta) => {
    ({ server } = meta);
    directusServer(context).slow_clients.watch(server);
    answerBrokenRequests(server);
  });

  // Awaited by Directus (patched) before it closes its listener.
  filter('server.shutdown', async () => {
    directusServer(context).health.close();
    server?.prependListener('request', (_req, res: ServerResponse) => {
      res.shouldKeepAlive = false;
    });
    await pause(shop.env.SHUTDOWN_DELAY_MS);
  });
};
