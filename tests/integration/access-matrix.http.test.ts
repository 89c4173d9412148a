/** Who may read and write what: the tables in tests/access, held against a running shop, cell by cell. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { chosen, runCells, type Cell, type Outcome } from '../access/cells.ts';
import { hiddenBehindRelations, hiddenFields, partlyHidden } from '../access/check-hidden.ts';
import { assetCells, endpointCells } from '../access/check-endpoints.ts';
import { nestedReads } from '../access/check-nested.ts';
import { closedReads, openReads } from '../access/check-reads.ts';
import { allowedWrites, refusedWrites } from '../access/check-writes.ts';
import { collections, openMatrix, rightsOf, table, type Matrix } from '../access/matrix.ts';
import { shopCollections, systemCollections } from '../access/model.ts';
import { ROLES, type Role } from '../access/read-table.ts';
import { clientOf, fingerprints } from '../support/access-world/ask.ts';
import { plantWorld, type World } from '../support/access-world/world.ts';
import { startServer, type TestServer } from '../support/server.ts';

type Row = Record<string, unknown>;

let server: TestServer;
let matrix: Matrix;
let rows: ReadonlyMap<string, readonly Row[]>;
const total: Outcome = { cells: 0, unexpected: [] };
beforeAll(async () => {
  server = await startServer({ env: { JOBS: 'off' } });
  const world = await plantWorld(server.db);
  await givePixels(world);
  matrix = await openMatrix(server.db, world, clientOf(server.url, server.admin_token));
  rows = new Map(await Promise.all(collections.map(async (each) => [each, await server.db(each)] as const)));
});
afterAll(async () => {
  console.log(`Access matrix: ${total.cells} cells, ${total.unexpected.length} unexpected`);
  await server.stop();
});

/** The planted files are rows; what is handed out needs bytes. */
async function givePixels(world: World): Promise<void> {
  const { public_file, nested_file, private_file, attachment } = world;
  const pixel = await sharp({ create: { width: 128, height: 128, channels: 3, background: 'green' } })
    .png()
    .toBuffer();
  for (const id of [public_file, nested_file, private_file, attachment])
    writeFileSync(join(server.env['STORAGE_LOCAL_ROOT'] ?? '', `${id}.png`), pixel);
}

/** Questions, by what the table says of them. Those of `REFUSED` leave everything as it was. */
const OPEN = {
  'what the table opens is read, with these rows and fields and no others': () =>
    eachReader((collection, role) => openReads(matrix, collection, role)),
  'what hangs on a row shows what its own collection would': () =>
    eachReader((collection, role) => nestedReads(matrix, collection, role)),
  'what the table lets a role write goes through': () =>
    eachPair((collection, role) => allowedWrites(matrix, collection, role, rows.get(collection)!)),
};
const REFUSED = {
  'is not read, whichever way it is asked for': () =>
    eachPair((collection, role) => (isReader(collection, role) ? [] : closedReads(matrix, collection, role))),
  'is not asked about by filter, order, group, sum or function': () =>
    eachReader((collection, role) => hiddenFields(matrix, collection, role)),
  'is not asked about through a relation': () =>
    eachReader((collection, role) => hiddenBehindRelations(matrix, collection, role)),
  'is not found out from rows that show a field to some': () =>
    eachReader((collection, role) => partlyHidden(matrix, collection, role, rows.get(collection)!)),
  'is not written': () =>
    eachPair((collection, role) => refusedWrites(matrix, collection, role, rows.get(collection)!)),
  'is not reached by other routes of Directus': () => endpointCells(matrix),
  'is not handed out as a file, and nobody learns that it is there': () => assetCells(matrix),
};

test('every collection there is has its line in the table', () => {
  expect([...table.keys()].sort()).toEqual([...shopCollections, ...systemCollections].sort());
});

test('every collection has a row that could leak', () => {
  const empty = collections.filter((each) => matrix.keys.get(each)?.length === 0);
  expect(empty).toEqual([]);
});

test('the tables are thousands of cells', () => {
  const cells = Object.values({ ...OPEN, ...REFUSED }).flatMap((cellsOf) => cellsOf());
  expect(cells.reduce((sum, { size = 1 }) => sum + size, 0)).toBeGreaterThan(15_000);
});

test.each(Object.entries(OPEN))('%s', (_name, cellsOf) => expectAsWritten(cellsOf()));

describe('what the table does not open', () => {
  test.each(Object.entries(REFUSED))('%s', async (_name, cellsOf) => {
    const before = await everything();
    await expectAsWritten(cellsOf());
    expect(await everything()).toEqual(before);
  });
});

async function expectAsWritten(cells: readonly Cell[]): Promise<void> {
  const { cells: settled, unexpected } = await runCells(chosen(cells, process.env['ACCESS_CELLS']));
  total.cells += settled;
  total.unexpected.push(...unexpected);
  expect(unexpected).toEqual([]);
}

function eachPair(cellsOf: (collection: string, role: Role) => Cell[]): Cell[] {
  return collections.flatMap((collection) => ROLES.flatMap((role) => cellsOf(collection, role)));
}

/** An administrator reads everything, which needs no asking. */
function eachReader(cellsOf: (collection: string, role: Role) => Cell[]): Cell[] {
  return eachPair((collection, role) =>
    role !== 'administrator' && isReader(collection, role) ? cellsOf(collection, role) : [],
  );
}

function isReader(collection: string, role: Role): boolean {
  return rightsOf(collection, role).reads.length > 0;
}

/** Content of every table of the shop and of Directus. */
async function everything(): Promise<Record<string, string>> {
  const tables = await server.db('pg_tables').where({ schemaname: 'public' }).select('tablename');
  return fingerprints(
    server.db,
    tables.map(({ tablename }: { tablename: string }) => tablename),
  );
}
