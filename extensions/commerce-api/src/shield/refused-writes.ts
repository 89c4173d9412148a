/**
 * Writes that are refused whoever makes them and whichever way they come, REST, GraphQL or flows: what advisories of Directus
 * show to be dangerous, and a shop does not need.
 */
import { KontorError } from '../errors.ts';

export interface FilterRegister {
  filter: (event: string, handler: (payload: unknown) => unknown) => void;
}

/** The admin app writes it into its icon as it is (GHSA-788p-cvgf-q973). */
const COLOUR = /^#[0-9a-f]{3,8}$/i;
/** A file of the templates' folder, not of one above it (GHSA-5h38-6755-g83w). */
const TEMPLATE = /^[\w-]+$/;
/** Keys everybody with access to the app may read (GHSA-r9xq-xp38-j4j3), of a part of Directus that is switched off. */
const AI_KEY = /^ai_.*(key|headers)$/;

export function refuseWrites({ filter }: FilterRegister): void {
  for (const event of ['settings.create', 'settings.update']) filter(event, checkedSettings);
  // Their maker and role could be changed afterwards (GHSA-7h45-q5jx-7r87).
  for (const event of ['shares.create', 'shares.update']) {
    filter(event, () => {
      throw new KontorError('FORBIDDEN', { message: 'Shares are switched off in this shop.' });
    });
  }
  filter('email.send', checkedMail);
}

function checkedSettings(payload: unknown): unknown {
  const settings = payload as Record<string, unknown>;
  const { project_color } = settings;
  if (isSet(project_color) && !COLOUR.test(String(project_color))) {
    throw new KontorError('INVALID_PAYLOAD', {
      message: 'project_color: is not a colour like #0B6E4F. Nothing was changed.',
      path: 'project_color',
    });
  }
  const key = Object.keys(settings).find((name) => AI_KEY.test(name) && isSet(settings[name]));
  if (key === undefined) return payload;
  throw new KontorError('INVALID_PAYLOAD', {
    message: `${key}: is not kept, because everybody with access to the admin app could read it. Nothing was changed.`,
    path: key,
  });
}

function checkedMail(payload: unknown): unknown {
  const { template } = (payload ?? {}) as { template?: { name?: unknown } };
  if (template && !TEMPLATE.test(String(template.name))) {
    throw new KontorError('INVALID_PAYLOAD', {
      message: 'A template is named without a path.',
      path: 'template',
    });
  }
  return payload;
}

function isSet(value: unknown): boolean {
  return value !== undefined && value !== null && value !== '';
}
