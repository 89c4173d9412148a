import { expect, test } from 'vitest';
import { freshEmulator } from './emulator-under-test.ts';

/** What a browser does with the form: post it, and say where it is sent. */
async function submit(link: string, outcome: string): Promise<Response> {
  const body = new URLSearchParams({ outcome });
  return fetch(link, { method: 'POST', body, redirect: 'manual' });
}

test.each(['successful', 'failed', 'pending'])(
  'a shopper whose payment is %s goes back to the shop',
  async (outcome) => {
    const { emulator, link } = await freshEmulator();
    const address = await link();
    const page = await (await fetch(address)).text();
    expect(page).toContain('Order K-1001');
    expect(page).toContain('7500.00');
    const response = await submit(address, outcome);
    expect(response.status).toBe(303);
    const [transaction] = emulator.ledger().transactions;
    const back = new URL(response.headers.get('Location') ?? '');
    expect(back.origin + back.pathname).toBe('https://shop.example/thanks');
    expect(Object.fromEntries(back.searchParams)).toEqual({
      order: 'K-1001',
      status: outcome,
      tx_ref: 'order-1',
      transaction_id: String(transaction?.id),
    });
    expect(transaction?.status).toBe(outcome);
  },
);

test('a shopper who cancels goes back without a transaction, and may come again', async () => {
  const { emulator, link } = await freshEmulator();
  const address = await link();
  const back = new URL((await submit(address, 'cancelled')).headers.get('Location') ?? '');
  expect(Object.fromEntries(back.searchParams)).toEqual({
    order: 'K-1001',
    status: 'cancelled',
    tx_ref: 'order-1',
  });
  expect(emulator.ledger().transactions).toEqual([]);
  expect((await submit(address, 'successful')).status).toBe(303);
});

test('the same form posted twice pays once', async () => {
  const { emulator, link } = await freshEmulator();
  const address = await link();
  await Promise.all([1, 2, 3].map(() => submit(address, 'successful')));
  expect(emulator.ledger().payments).toMatchObject([{ captured_minor: 750_000 }]);
  expect(await (await fetch(address)).text()).toContain('Payment complete');
});

test('without a way back the page itself says that the payment is complete', async () => {
  const { link } = await freshEmulator();
  const address = await link({ redirect_url: undefined });
  expect((await submit(address, 'successful')).headers.get('Location')).toBe(new URL(address).pathname);
});

test('amounts are shown with the digits of their currency', async () => {
  const { link } = await freshEmulator();
  expect(await (await fetch(await link({ amount: 1200, currency: 'UGX' }))).text()).toContain('Pay 1200 UGX');
  expect(await (await fetch(await link({ amount: '1.5', currency: 'KWD' }))).text()).toContain(
    'Pay 1.500 KWD',
  );
});

test('the page runs no scripts, fetches nothing and lets nothing in through texts', async () => {
  const { emulator, link } = await freshEmulator();
  const title = '<script>alert(1)</script>';
  const response = await fetch(await link({ customizations: { title } }));
  expect(response.headers.get('Content-Security-Policy')).toContain("default-src 'none'");
  const page = await response.text();
  expect(page).not.toMatch(/<script|<link|<img|@import|url\(/);
  expect(page).toContain('&lt;script&gt;');
  expect((await fetch(`${emulator.url}/pay/none`)).status).toBe(404);
  expect((await submit(await link(), 'perhaps')).status).toBe(400);
});
