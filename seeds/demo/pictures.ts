/** Which pictures the demo shop has, and putting them on the disk Directus serves files from. */
import { mkdir, rename, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fixedId } from '../fixed-id.ts';
import type { SeedRow } from '../insert-missing.ts';
import { CATEGORIES } from './categories.ts';
import type { DemoCategory, DemoProduct } from './catalogue-types.ts';
import type { Colour } from './colours.ts';
import { PICTURE_SIZE, renderPicture, type Motif } from './illustrations.ts';

export interface Picture {
  id: string;
  title: string;
  filename_disk: string;
  filename_download: string;
  motif: Motif;
  colour: Colour;
}

/** Rendered side by side; libvips uses further threads of its own. */
const AT_ONCE = 3;
const REPORT_EVERY = 40;

export function productPicture(product: DemoProduct, colour: Colour): Picture {
  return picture(
    `${product.slug}-${colour.toLowerCase()}`,
    `${product.name} in ${colour}`,
    product.motif,
    colour,
  );
}

export function categoryPicture(category: DemoCategory): Picture {
  return picture(`category-${category.slug}`, category.name, category.motif, category.colour);
}

function picture(name: string, title: string, motif: Motif, colour: Colour): Picture {
  const id = fixedId('file', name);
  return { id, title, filename_disk: `${id}.webp`, filename_download: `${name}.webp`, motif, colour };
}

/** Every picture of the shop. */
export function allPictures(products: readonly DemoProduct[]): Picture[] {
  return [
    ...products.flatMap((product) => product.colours.map((colour) => productPicture(product, colour))),
    ...CATEGORIES.map(categoryPicture),
  ];
}

/**
 * Draws the pictures that are not on the disk yet. May be interrupted and run again: a file appears only when it is whole.
 * @returns rows for `directus_files`
 */
export async function storePictures(
  pictures: readonly Picture[],
  place: { storage_root: string; folder: string; log: (line: string) => void },
): Promise<SeedRow[]> {
  await mkdir(place.storage_root, { recursive: true });
  const rows: SeedRow[] = [];
  const waiting = [...pictures];
  const work = async (): Promise<void> => {
    for (let next = waiting.shift(); next; next = waiting.shift()) {
      const filesize = await storePicture(next, place.storage_root);
      rows.push(fileRow(next, place.folder, filesize));
      if (rows.length % REPORT_EVERY === 0) place.log(`Drew ${rows.length} of ${pictures.length} pictures`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, work));
  return rows;
}

async function storePicture(
  { motif, colour, filename_disk }: Picture,
  storage_root: string,
): Promise<number> {
  const path = join(storage_root, filename_disk);
  const existing = await stat(path).catch(() => null);
  if (existing) return existing.size;
  const content = await renderPicture(motif, colour);
  await writeFile(`${path}.part`, content);
  await rename(`${path}.part`, path);
  return content.length;
}

function fileRow(
  { id, title, filename_disk, filename_download }: Picture,
  folder: string,
  filesize: number,
): SeedRow {
  return {
    id,
    storage: 'local',
    filename_disk,
    filename_download,
    title,
    type: 'image/webp',
    folder,
    filesize,
    width: PICTURE_SIZE,
    height: PICTURE_SIZE,
  };
}
