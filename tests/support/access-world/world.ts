/** Two customers, a vendor, two kinds of staff, and something hidden in every corner. */
import type { Knex } from 'knex';
import { plantCatalogue } from './catalogue.ts';
import { plantCustomer, plantGuest } from './customers.ts';
import { plantFiles } from './files.ts';
import { plantHistory } from './history.ts';
import { planter } from './planter.ts';
import { plantRules } from './shop-rules.ts';
import { plantStaff } from './staff.ts';

/** Replaces the catalogue and the customers by a small shop with two customers who bought the same things, and something hidden in every corner. */
export async function plantWorld(db: Knex) {
  for (const table of [
    'products',
    'categories',
    'price_lists',
    'customers',
    'languages',
    'brands',
    'tags',
    'vendors',
  ])
    await db.raw('truncate ?? cascade', [table]);
  await db('directus_files').update({ folder: null });
  const plant = planter(db);
  const staff = await plantStaff(db, plant);
  const catalogue = await plantCatalogue(db, plant, staff.vendor);
  const files = await plantFiles(plant);
  const ada = await plantCustomer(db, plant, 'ada', catalogue);
  const ben = await plantCustomer(db, plant, 'ben', catalogue);
  await plantGuest(plant, catalogue);
  await plant.add('reviews', { product: catalogue.product, rating: 1, status: 'pending', author_name: 'A.', customer: ada.customer }, 'ada'); // prettier-ignore
  await plantRules(plant, catalogue, ada.rows['orders']!, files);
  await plantHistory(db, plant, staff, catalogue.product, ada.rows['orders']!);
  return { keys: plant.keys, planted: plant.planted, ...catalogue, ...files, staff, ada, ben };
}

export type World = Awaited<ReturnType<typeof plantWorld>>;
