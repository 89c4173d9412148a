/**
 * What everything is compared with: a transaction of seven statements that do a cart's work and no more, prepared, behind a bare
 * node:http server. node bare-server.ts PORT DATABASE_URL
 */
import { createServer } from 'node:http';
import pg from 'pg';

export const BARE_SCHEMA = `
  drop schema if exists bare cascade;
  create schema bare;
  create table bare.variants (id int primary key, price bigint not null, stock bigint not null);
  create table bare.carts (id bigint generated always as identity primary key, total bigint not null);
  create table bare.lines (id bigint generated always as identity primary key, cart bigint not null references bare.carts,
    variant int not null references bare.variants, quantity int not null);
  create index on bare.lines (cart);
  insert into bare.variants select i, 1000, 1000000 from generate_series(1, 10000) i;
  analyze bare.variants;`;

async function addLine(pool: pg.Pool, variant: number): Promise<number> {
  const client = await pool.connect();
  const run = (name: string, text: string, values: unknown[]) => client.query({ name, text, values });
  try {
    await client.query('begin');
    const { rows } = await run('cart', 'insert into bare.carts (total) values (0) returning id', []);
    const cart = (rows[0] as { id: string }).id;
    await run('variant', 'select price, stock from bare.variants where id = $1 for share', [variant]);
    await run('line', 'insert into bare.lines (cart, variant, quantity) values ($1, $2, 1)', [cart, variant]);
    const sum = await run(
      'sum',
      'select sum(l.quantity * v.price)::int as total from bare.lines l join bare.variants v on v.id = l.variant where l.cart = $1',
      [cart],
    );
    const { total } = sum.rows[0] as { total: number };
    await run('total', 'update bare.carts set total = $2 where id = $1', [cart, total]);
    await client.query('commit');
    return total;
  } finally {
    client.release();
  }
}

if (import.meta.main) {
  const pool = new pg.Pool({ connectionString: process.argv[3], max: 20 });
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      addLine(pool, 1 + Math.floor(Math.random() * 10_000)).then(
        (total) => {
          const body = JSON.stringify({ data: { total_minor: total } });
          response.writeHead(201, {
            'content-type': 'application/json',
            'content-length': Buffer.byteLength(body),
          });
          response.end(body);
        },
        (error: unknown) => response.writeHead(500).end(JSON.stringify({ error: String(error) })),
      );
    });
  });
  server.listen(Number(process.argv[2]), '127.0.0.1', () => process.send?.('ready'));
  process.on('disconnect', () => process.exit(0));
}
