/** `/webhooks/:provider`: events of payment providers, checked on the raw bytes. */
import type { NextFunction, Request, Response, Router } from 'express';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { KontorError } from './errors.ts';
import { receiveWebhook } from './payments/receive-webhook.ts';

type RawRequest = Request & { rawBody?: Buffer };

export default {
  id: 'webhooks',
  handler(router: Router, context: DirectusContext) {
    const shop = directusShop(context);
    router.post('/:provider', (req: RawRequest, res: Response, next: NextFunction) => {
      if (!req.rawBody) {
        next(new KontorError('INVALID_PAYLOAD', { message: 'A webhook is a JSON body.' }));
        return;
      }
      const headers = req.headers as Record<string, string | undefined>;
      receiveWebhook(shop, req.params['provider'] ?? '', req.rawBody, headers).then(
        () => res.json({ data: { received: true } }),
        next,
      );
    });
  },
};
