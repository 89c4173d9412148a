import type { Env } from '../platform/env.ts';

/** Where a picture is: a file of ours through `/assets`, else the link an import brought, else null. */
export function imageUrl(env: Env, image: { file: string | null; url?: string | null }): string | null {
  if (image.file) return `${env.PUBLIC_URL.replace(/\/+$/, '')}/assets/${image.file}`;
  return image.url ?? null;
}
