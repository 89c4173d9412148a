/** `/store`: what storefronts call. */
import type { Router } from 'express';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { mountRoutes } from './platform/http.ts';
import { storeRoutes } from './surfaces.ts';

export default {
  id: 'store',
  handler: (router: Router, context: DirectusContext) =>
    mountRoutes(router, directusShop(context), storeRoutes),
};
