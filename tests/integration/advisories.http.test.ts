/**
 * Directus 11.17.4 gets no more fixes: every advisory that is open against it is tried on a shop, and does nothing. With
 * `PLAIN_DIRECTUS=1` the same attacks are tried on Directus as it comes, where they must work, or they would prove nothing here.
 * extensions/commerce-api/src/shield/advisories.md has the table.
 */
import { readFileSync } from 'node:fs';
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ROLES } from '../../seeds/access/ids.ts';
import { ATTACKS } from '../support/advisories/attacks.ts';
import { startPlainDirectus } from '../support/advisories/plain-directus.ts';
import type { Target } from '../support/advisories/target.ts';
import { aVariant } from '../support/factories.ts';
import { startServer, type TestServer } from '../support/server.ts';
import { aCustomer, clientOf } from '../support/store-client.ts';

const IS_LONG = process.env['PLAIN_DIRECTUS'] === '1';

describe('on a shop', () => {
  let server: TestServer;
  let target: Target;

  beforeAll(async () => {
    server = await startServer();
    const { db, inbox } = server;
    await aVariant(server.shop);
    await aCustomer(clientOf(server.url));
    const [customer] = await db('customers').select('id');
    await db('directus_users').insert({
      id: randomUUID(),
      email: 'staff@example.com',
      status: 'active',
      role: ROLES.catalogue_staff,
      token: 'token-of-staff',
    });
    target = {
      url: server.url,
      db,
      admin_token: server.admin_token,
      app_token: 'token-of-staff',
      open_collection: 'products',
      closed_collection: 'customers',
      closed_id: customer.id,
      patience_ms: 1_000,
      mails: () => inbox.messages().map(({ to, raw }) => ({ to: to.join(), text: raw })),
      isAlive: () => server.directus.process.exitCode === null,
    };
  });
  afterAll(() => server.stop());

  test.each(ATTACKS)('$id does no harm: $what', async ({ attempt }) => {
    expect(await attempt(target)).toBeNull();
    expect((await fetch(`${server.url}/items/products?limit=1`)).status).toBe(200);
  });
});

describe.runIf(IS_LONG)('on Directus as it comes', () => {
  let plain: Awaited<ReturnType<typeof startPlainDirectus>>;
  const start = async () => {
    plain = await startPlainDirectus();
  };
  beforeAll(start);
  afterAll(() => plain.stop());

  test.each(ATTACKS.filter(({ unshown }) => unshown === undefined))(
    '$id works: $what',
    async ({ attempt }) => {
      if (!plain.target.isAlive()) {
        await plain.stop();
        await start();
      }
      const done = await attempt(plain.target);
      console.log(`      ${done ?? 'nothing happened'}`);
      expect(done).not.toBeNull();
    },
  );
});

test('the table of advisories has a row for each attack, and says what was seen on plain Directus', () => {
  const table = readFileSync(
    new URL('../../extensions/commerce-api/src/shield/advisories.md', import.meta.url),
    'utf8',
  );
  for (const { id, unshown } of ATTACKS) {
    const row = table.split('\n').find((line) => line.startsWith('|') && line.includes(id));
    expect(row, id).toContain(unshown ? '| no: ' : '| yes: ');
  }
});
