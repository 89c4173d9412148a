/**
 * Notifications: what shoppers are written, always by a job. This domain writes no table. Mails come from the Liquid files in
 * `templates`, which merchants may edit. A file starts with its `Subject:` line, then an empty line, then HTML; the text part is
 * derived. What comes from people is escaped wherever it is printed.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Liquid, type LiquidOptions, type Template } from 'liquidjs';
import { currencyDigits, formatMinor } from '../core/money.ts';
import { textOfHtml } from './text-of-html.ts';

/** Every mail there is. Names never come from outside. */
export const MAIL_TEMPLATES = [
  'verify-email',
  'account-exists',
  'reset-password',
  'password-changed',
  'cart-waiting',
  'order-placed',
  'order-paid',
  'order-shipped',
  'order-delivered',
  'order-cancelled',
  'order-edited',
  'return-requested',
  'return-approved',
  'return-rejected',
  'return-refunded',
  'low-stock',
  'back-in-stock',
  'refunded',
  'gift-card',
] as const;
export type MailTemplate = (typeof MAIL_TEMPLATES)[number];

export interface RenderedMail {
  subject: string;
  html: string;
  text: string;
}

/** What every template may use as `shop`. */
export interface MailShop {
  name: string;
  email: string | null;
  /** The storefront's address, null while there is none. */
  url: string | null;
  bank_instructions: string | null;
}

export function isMailTemplate(name: string): name is MailTemplate {
  return (MAIL_TEMPLATES as readonly string[]).includes(name);
}

/** @throws Error when the template does not parse or has no `Subject:` line; a retry after the fix sends the mail. */
export async function renderMail(
  template: MailTemplate,
  data: Record<string, unknown> & { shop: MailShop },
): Promise<RenderedMail> {
  const { subject: subjectParts, body } = await parsedMail(template);
  const subject = String(await plain.render(subjectParts, data));
  const html = String(await escaping.render(body, data)).trim();
  return { subject: subject.replace(/\s+/g, ' ').trim(), html, text: textOfHtml(html) };
}

interface ParsedMail {
  subject: Template[];
  body: Template[];
}

async function parsedMail(template: MailTemplate): Promise<ParsedMail> {
  const known = mails.read(template);
  if (known) return known;
  const source = await readFile(join(TEMPLATES, `${template}.liquid`), 'utf8');
  const parts = /^Subject:(?<subject>[^\n]*)\r?\n\r?\n(?<body>[\s\S]*)$/.exec(source)?.groups;
  if (!parts?.['subject'] || !parts['body'])
    throw new Error(`${template}.liquid does not start with a Subject line.`);
  const mail = { subject: plain.parse(parts['subject']), body: escaping.parse(parts['body']) };
  mails.write(template, mail);
  return mail;
}

/**
 * An amount as the reader's locale writes it, with the digits of ISO 4217 (not Intl's, which differ for some currencies).
 * A locale Intl does not know falls back to English.
 */
export function displayMoney(amount_minor: number, currency: string, locale?: string | null): string {
  const amount = formatMinor(amount_minor, currency) as Intl.StringNumericLiteral;
  return formatOf(currency, locale || 'en').format(amount);
}

const formats = new Map<string, Intl.NumberFormat>();
const MAX_FORMATS = 200;

/** Making one costs more than the rest of a mail. */
function formatOf(currency: string, locale: string): Intl.NumberFormat {
  const key = `${locale} ${currency}`;
  const known = formats.get(key);
  if (known) return known;
  const digits = currencyDigits(currency);
  const style = {
    style: 'currency',
    currency,
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  } as const;
  let format: Intl.NumberFormat;
  try {
    format = new Intl.NumberFormat(locale, style);
  } catch {
    format = new Intl.NumberFormat('en', style);
  }
  if (formats.size >= MAX_FORMATS) formats.clear();
  formats.set(key, format);
  return format;
}

/** Merchants edit templates while the shop runs: what was read and parsed serves a burst of mails, not longer. */
const FRESH_MS = 5_000;

function shortLived<Value>() {
  const kept = new Map<string, Value>();
  let since = 0;
  return {
    read(key: string): Value | undefined {
      if (Date.now() - since > FRESH_MS) kept.clear();
      return kept.get(key);
    },
    write(key: string, value: Value): void {
      if (kept.size === 0) since = Date.now();
      kept.set(key, value);
    },
    remove(key: string): void {
      kept.delete(key);
    },
  };
}

const mails = shortLived<ParsedMail>();
const TEMPLATES = templatesFolder();
const escaping = engine({ outputEscape: 'escape', cache: shortLived<Template[] | Promise<Template[]>>() });
const plain = engine({});

function engine(options: LiquidOptions): Liquid {
  const liquid = new Liquid({
    root: TEMPLATES,
    extname: '.liquid',
    jsTruthy: true,
    strictFilters: true,
    ownPropertyOnly: true,
    ...options,
  });
  liquid.registerFilter('money', displayMoney);
  return liquid;
}

/** Beside `dist` when this runs from the bundle, beside `src` when it runs from the sources. */
function templatesFolder(): string {
  const here = dirname(fileURLToPath(import.meta.url));
  for (let folder = here; folder !== dirname(folder); folder = dirname(folder)) {
    const candidate = join(folder, 'templates');
    if (existsSync(join(candidate, 'layout.liquid'))) return candidate;
  }
  throw new Error(`There are no mail templates above ${here}.`);
}
