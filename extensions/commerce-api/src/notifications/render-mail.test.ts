import { describe, expect, test } from 'vitest';
import { displayMoney, MAIL_TEMPLATES, renderMail, type MailShop } from './render-mail.ts';
import { textOfHtml } from './text-of-html.ts';

const shop: MailShop = {
  name: 'Nord & Süd',
  email: 'hello@nord.example',
  url: 'https://nord.example',
  bank_instructions: 'IBAN DE00 1234\nBIC NORDDEFF',
};

const order = {
  number: 'K-1001',
  currency: 'EUR',
  locale: 'de-DE',
  prices_include_tax: true,
  is_manual: false,
  is_paid: false,
  link: 'https://nord.example/orders/1#token=abc',
  subtotal_minor: 123450,
  discount_minor: 3450,
  shipping_minor: 490,
  total_minor: 120490,
  paid_minor: 120490,
  shipping_method_name: 'Standard',
  tax_summary: [{ name: 'VAT 19 %', rate_ppm: 190000, tax_minor: 19238 }],
  shipping_address: {
    full_name: 'Ada L.',
    line1: 'Ring 1',
    city: 'Berlin',
    postal_code: '10115',
    country: 'DE',
  },
  lines: [
    { name: 'Lamp', variant_title: 'Oak / L', quantity: 3, unit_price_minor: 41150, subtotal_minor: 123450 },
  ],
};

/** Intl separates with no-break spaces. */
const plainSpaces = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ');

describe('rendering a mail', () => {
  test.each(MAIL_TEMPLATES)(
    '%s has a subject, HTML without outside images, and text without tags',
    async (template) => {
      const mail = await renderMail(template, {
        shop,
        order,
        link: 'https://nord.example/x',
        first_name: 'Ada',
      });
      expect(mail.subject).toMatch(/^\S.*\S$/);
      expect(mail.html).toMatch(/^<!doctype html>[\s\S]*<\/html>$/);
      expect(mail.html).not.toMatch(/<img|url\(|<link|@import/i);
      expect(mail.html).toContain('Nord &amp; Süd');
      expect(mail.text).not.toMatch(/<[a-z]|&amp;|\{\{|\{%/i);
      expect(mail.text).toContain('Nord & Süd');
    },
  );

  test('an order mail shows what was bought, each amount in the reader’s locale, and the address', async () => {
    const { subject, text } = await renderMail('order-placed', { shop, order });
    expect(subject).toBe('Your order K-1001 at Nord & Süd');
    const shown = plainSpaces(text);
    for (const part of [
      'Lamp',
      'Oak / L',
      '3 × 411,50 €',
      '1.234,50 €',
      '−34,50 €',
      '4,90 €',
      '1.204,90 €',
    ]) {
      expect(shown).toContain(part);
    }
    expect(shown).toMatch(/including VAT 19 % {2}192,38 €/);
    expect(shown).toContain('Ada L.\nRing 1\n10115 Berlin\nDE');
    expect(shown).toContain('See your order: https://nord.example/orders/1#token=abc');
    expect(shown).not.toContain('How to pay');
  });

  test('an order to be paid by hand says how, line by line', async () => {
    const { text } = await renderMail('order-placed', { shop, order: { ...order, is_manual: true } });
    expect(text).toContain('How to pay\nIBAN DE00 1234\nBIC NORDDEFF\nReference: K-1001');
  });

  test('tax that comes on top stands between shipping and total', async () => {
    const { text } = await renderMail('order-paid', { shop, order: { ...order, prices_include_tax: false } });
    expect(text).toMatch(/Shipping \(Standard\)[^\n]*\n\s*VAT 19 %[^\n]*\n\s*Total/);
    expect(text).not.toContain('including VAT');
  });

  test('what people typed is printed, not run', async () => {
    const hostile = {
      ...order,
      lines: [{ ...order.lines[0], name: '<script>alert(1)</script>{{ shop.email }}' }],
    };
    const { html } = await renderMail('order-placed', {
      shop: { ...shop, bank_instructions: '<b>x</b>' },
      order: { ...hostile, is_manual: true },
    });
    expect(html).toContain('&lt;script&gt;alert(1)&lt;/script&gt;{{ shop.email }}');
    expect(html).toContain('&lt;b&gt;x&lt;/b&gt;');
  });

  test('a line break in a name cannot start another header', async () => {
    const { subject } = await renderMail('verify-email', {
      shop: { ...shop, name: 'A\r\nBcc: x@y.example' },
      code: 'c',
    });
    expect(subject).toBe('Confirm your e-mail address for A Bcc: x@y.example');
  });

  test('a shop without a storefront mails the code instead of a link', async () => {
    const { text } = await renderMail('verify-email', {
      shop: { ...shop, url: null },
      link: null,
      code: 'secret-code',
    });
    expect(text).toContain('Enter this code in the shop:\n\nsecret-code');
  });
});

describe('money in mails', () => {
  test.each([
    [1999, 'USD', 'en-US', '$19.99'],
    [1999, 'EUR', 'de-DE', '19,99 €'],
    [1999, 'JPY', 'ja-JP', '￥1,999'],
    [1999, 'KWD', 'en', 'KWD 1.999'],
    [9007199254740991, 'USD', 'en-US', '$90,071,992,547,409.91'],
    [5, 'EUR', 'not a locale', '€0.05'],
    [5, 'EUR', null, '€0.05'],
  ])('%i %s for %s is %s', (amount_minor, currency, locale, shown) => {
    expect(plainSpaces(displayMoney(amount_minor, currency, locale))).toBe(shown);
  });
});

describe('the text part', () => {
  test('keeps the address of a link and leaves out the head', () => {
    expect(
      textOfHtml('<head><title>x</title></head><p>Go <a href="https://a.example/?a=1&amp;b=2">here</a></p>'),
    ).toBe('Go here: https://a.example/?a=1&b=2');
  });

  test('does not undo an escaped entity twice', () => {
    expect(textOfHtml('<p>&amp;lt;b&gt;</p>')).toBe('&lt;b>');
  });
});
