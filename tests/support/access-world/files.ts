import { randomUUID } from 'node:crypto';
import { ATTACHMENTS_FOLDER, PUBLIC_FOLDER } from '../../../seeds/access/ids.ts';
import type { Label, Planter } from './planter.ts';

/** Rows only: what /assets answers needs bytes too, which the suite of it writes. */
export async function plantFiles({ add, mark }: Planter) {
  const aFile = (folder: string | null, ...labels: Label[]) => {
    const id = randomUUID();
    const file = {
      id,
      storage: 'local',
      filename_disk: `${id}.png`,
      filename_download: 'a.png',
      type: 'image/png',
      width: 128,
      height: 128,
    };
    return add('directus_files', { ...file, folder }, ...labels);
  };
  await mark('directus_folders', `id = '${ATTACHMENTS_FOLDER}'`, 'attachments');
  const subfolder = await add('directus_folders', { id: randomUUID(), name: 'Teas', parent: PUBLIC_FOLDER }, 'folders'); // prettier-ignore
  return {
    public_file: await aFile(PUBLIC_FOLDER, 'public'),
    nested_file: await aFile(subfolder, 'public'),
    private_file: await aFile(null, 'filed'),
    attachment: await aFile(ATTACHMENTS_FOLDER, 'attachments'),
  };
}

export type Files = Awaited<ReturnType<typeof plantFiles>>;
