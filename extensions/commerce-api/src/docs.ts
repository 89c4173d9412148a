/** `/docs`: one OpenAPI document, two readers for it, and how Kontor calculates and recommends; all served from here alone. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { NextFunction, Request, Response, Router } from 'express';
import { calculationPage } from './docs/calculation-page.ts';
import { withGeneratedPart, type GeneratedDocument } from './docs/generated-part.ts';
import { describeSurfaces, type OpenApiDocument } from './docs/openapi.ts';
import {
  contentSecurityPolicy,
  packagedFiles,
  PAGE_STYLE,
  redocPage,
  SCRIPTS,
  swaggerPage,
} from './docs/pages.ts';
import { recommendationPage } from './docs/recommendation-page.ts';
import { RULES_STYLE } from './docs/rules-page.ts';
import { readEnv } from './platform/env.ts';
import { staffRoutes, storeRoutes } from './surfaces.ts';

interface Accountability {
  user: string | null;
  role: string | null;
}

interface DocsContext {
  env: Record<string, unknown>;
  getSchema: () => Promise<unknown>;
  services: {
    SpecificationService: new (options: { accountability: unknown; schema: unknown }) => {
      oas: { generate: () => Promise<unknown> };
    };
  };
}

/** Strangers share one document, made anew this often: each takes Directus tens of milliseconds. */
const ANONYMOUS_DOCUMENT_MS = 30_000;
const TEXTS = { ...SCRIPTS, 'page.css': PAGE_STYLE, 'rules.css': RULES_STYLE };
const NOBODY = { user: null, role: null, roles: [], admin: false, app: false, ip: null };

const handler = (router: Router, context: DocsContext): void => {
  const { PUBLIC_URL } = readEnv(context.env);
  const own = describeSurfaces(
    [
      { prefix: '/store', routes: storeRoutes },
      { prefix: '/staff', routes: staffRoutes },
    ],
    PUBLIC_URL,
  );
  const describe = async (accountability: unknown): Promise<OpenApiDocument> => {
    const schema = await context.getSchema();
    const service = new context.services.SpecificationService({ accountability, schema });
    return withGeneratedPart(own, (await service.oas.generate()) as GeneratedDocument);
  };
  const describeToAnyone = shared(() => describe(NOBODY), ANONYMOUS_DOCUMENT_MS);

  router.get('/openapi.json', (req: Request, res: Response, next: NextFunction) => {
    const { accountability } = req as Request & { accountability?: Accountability };
    const isSomeone = Boolean(accountability?.user ?? accountability?.role);
    (isSomeone ? describe(accountability) : describeToAnyone()).then((document) => {
      res.set('Cache-Control', isSomeone ? 'private, no-store' : 'no-cache');
      res.vary('Authorization');
      res.vary('Cookie');
      res.json(document);
    }, next);
  });

  const url = URL.canParse(PUBLIC_URL) ? new URL(PUBLIC_URL) : null;
  const base = `${(url?.pathname ?? '').replace(/\/+$/, '')}/docs/`;
  const policy = contentSecurityPolicy(url?.origin ?? null);
  for (const [path, html] of [
    ['/', swaggerPage(base)],
    ['/redoc', redocPage(base)],
    ['/how-kontor-calculates', calculationPage(base)],
    ['/how-kontor-recommends', recommendationPage(base)],
  ] as const) {
    router.get(path, (_req: Request, res: Response) => {
      res.set('Content-Security-Policy', policy).set('Cache-Control', 'no-cache').type('html').send(html);
    });
  }

  for (const [name, text] of Object.entries(TEXTS)) {
    router.get(`/assets/${name}`, (_req: Request, res: Response) => {
      res.set('Cache-Control', 'no-cache').type(name).send(text);
    });
  }
  for (const [name, { root, file, replace }] of Object.entries(packagedFiles())) {
    if (replace) {
      const text = readFileSync(join(root, file), 'utf8').replaceAll(...replace);
      router.get(`/assets/${name}`, (_req: Request, res: Response) => {
        res.set('Cache-Control', 'public, max-age=86400').type(name).send(text);
      });
      continue;
    }
    router.get(`/assets/${name}`, (_req: Request, res: Response, next: NextFunction) => {
      res.sendFile(file, { root, maxAge: '1d' }, (error) => {
        if (error && !res.headersSent) next(error);
      });
    });
  }
};

/** Makes a value at most once per `lifetime_ms`, however many ask at the same time. A failure is not kept. */
function shared<Value>(make: () => Promise<Value>, lifetime_ms: number): () => Promise<Value> {
  let made: { value: Promise<Value>; at: number } | null = null;
  return () => {
    if (made && performance.now() - made.at < lifetime_ms) return made.value;
    const value = make();
    const current = { value, at: performance.now() };
    made = current;
    value.catch(() => {
      if (made === current) made = null;
    });
    return value;
  };
}

export default { id: 'docs', handler };
