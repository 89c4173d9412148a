import type { ShopSettings } from '../platform/settings.ts';

/** A page of the storefront, or null while the shop has none. */
export function linkTo(settings: ShopSettings, path: string): string | null {
  return settings.storefront_url ? `${settings.storefront_url.replace(/\/+$/, '')}${path}` : null;
}
