/** `/staff`: back-office actions, for staff roles only. */
import type { Router } from 'express';
import { directusShop, type DirectusContext } from './directus-shop.ts';
import { mountRoutes } from './platform/http.ts';
import { staffRoutes } from './surfaces.ts';

export default {
  id: 'staff',
  handler: (router: Router, context: DirectusContext) =>
    mountRoutes(router, directusShop(context), staffRoutes),
};
