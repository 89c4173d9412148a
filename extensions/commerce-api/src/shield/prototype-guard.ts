/** Names every object inherits: Directus looks names up in plain objects, where `constructor` is always found. */
import type { NextFunction, Request, Response } from 'express';
import { refuse } from './refuse.ts';

export function isPrototypeKey(key: string): boolean {
  return key === '' || key in Object.prototype || key === 'prototype';
}

/** Directus looks collections up in a plain object. */
export function refusePrototypeNames(req: Request, res: Response, next: NextFunction): void {
  const [, surface, name] = req.path.split('/');
  if (surface?.toLowerCase() === 'items' && name && isPrototypeKey(decodeURIComponent(name))) {
    refuse(res, 'FORBIDDEN');
  } else next();
}

/** What a polluting write would hit: the functions every object inherits. */
export function freezePrototypeFunctions(): void {
  for (const name of Object.getOwnPropertyNames(Object.prototype)) {
    const { value } = Object.getOwnPropertyDescriptor(Object.prototype, name) ?? {};
    if (typeof value === 'function') Object.freeze(value);
  }
}
