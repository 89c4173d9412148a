/** By who may use the admin app, or has taken the place of an administrator. */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { until } from '../until.ts';
import { aFlow, asAdmin, asAnybody, asAppUser } from './requests.ts';
import { harm, type Attack, type Target } from './target.ts';

const meta = (fields: Record<string, string>) =>
  Object.entries(fields)
    .map(([name, value]) => `${name} ${Buffer.from(value).toString('base64')}`)
    .join(',');

/** Begins a resumable upload and sends all of it. @returns where it is, or null when it was not let in */
async function tusUpload(
  { url }: Target,
  token: string,
  text: string,
  fields: Record<string, string>,
): Promise<string | null> {
  const headers = { authorization: `Bearer ${token}`, 'tus-resumable': '1.0.0' };
  const begun = await fetch(`${url}/files/tus`, {
    method: 'POST',
    headers: { ...headers, 'upload-length': String(text.length), 'upload-metadata': meta(fields) },
  });
  const place = begun.headers.get('location');
  if (begun.status !== 201 || !place) return null;
  await fetch(new URL(place, url), {
    method: 'PATCH',
    headers: { ...headers, 'upload-offset': '0', 'content-type': 'application/offset+octet-stream' },
    body: text,
  });
  return place;
}

/** A file of the administrator's that says “before”. */
async function aFile(target: Target): Promise<{ id: string; filename_disk: string }> {
  const form = new FormData();
  form.append('file', new Blob(['before'], { type: 'text/plain' }), 'a.txt');
  const headers = { authorization: `Bearer ${target.admin_token}` };
  const uploaded = await fetch(`${target.url}/files`, { method: 'POST', headers, body: form });
  const { data } = (await uploaded.json()) as { data: { id: string; filename_disk: string } };
  return data;
}

async function contentOf(target: Target, id: string): Promise<string> {
  return (await asAdmin(target)('GET', `/assets/${id}`)).text;
}

export const STAFF_ATTACKS: readonly Attack[] = [
  {
    id: 'GHSA-j5h6-vqc3-phqh',
    what: 'A file is imported from 0.0.0.0, which is this machine',
    async attempt(target) {
      let is_reached = false;
      const inside = createServer((_req, res) => {
        is_reached = true;
        res.end('secret');
      });
      await new Promise<void>((resolve) => inside.listen(0, '127.0.0.1', resolve));
      const { port } = inside.address() as AddressInfo;
      await asAdmin(target)('POST', '/files/import', { url: `http://0.0.0.0:${port}/secret.txt` });
      inside.close();
      return harm(is_reached, 'a server only this machine can reach was asked');
    },
  },
  {
    id: 'GHSA-7vcx-mhxq-9j96',
    what: 'A picture of ten pixels is asked for eight thousand wide',
    async attempt(target) {
      const create = { width: 10, height: 10, channels: 3, background: 'red' } as const;
      const picture = await sharp({ create }).png().toBuffer();
      const form = new FormData();
      form.append('file', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'a.png');
      const headers = { authorization: `Bearer ${target.admin_token}` };
      const uploaded = await fetch(`${target.url}/files`, { method: 'POST', headers, body: form });
      const { data } = (await uploaded.json()) as { data: { id: string } };
      const path = `/assets/${data.id}?width=8000&height=8&fit=fill`;
      const answer = await fetch(`${target.url}${path}`, { headers });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const { width = 0 } = answer.ok ? await sharp(bytes).metadata() : {};
      return harm(width === 8_000, 'it was worked out');
    },
  },
  {
    id: 'GHSA-chfm-g7r3-vv42',
    what: 'The type of a geometry field carries a statement of its own',
    async attempt(target) {
      await standInForPostGis(target);
      const collection = 'attacked_shapes';
      const type = 'geometry.1)); create table attacked_by_type (i int); --';
      await asAdmin(target)('POST', '/collections', {
        collection,
        schema: {},
        meta: {},
        fields: [{ field: 'shape', type, schema: {}, meta: {} }],
      });
      const is_done = await target.db.schema.hasTable('attacked_by_type');
      await target.db.raw('drop table if exists attacked_by_type, attacked_shapes');
      await target.db('directus_collections').where({ collection }).delete();
      return harm(is_done, 'the statement ran');
    },
  },
  {
    id: 'GHSA-3742-46gx-c8cc',
    what: 'A resumable upload says where in the storage it is written: onto a file of somebody else',
    async attempt(target) {
      const { id, filename_disk } = await aFile(target);
      const names = { filename_download: 'b.txt', type: 'text/plain', filename_disk };
      await tusUpload(target, target.app_token, 'attacked', names);
      return harm((await contentOf(target, id)) !== 'before', 'it was overwritten');
    },
  },
  {
    id: 'GHSA-xjxq-pj7h-g676',
    what: 'A resumable upload says which file it replaces: that of somebody else',
    async attempt(target) {
      const { id } = await aFile(target);
      const names = { filename_download: 'b.txt', type: 'text/plain', replace_id: id };
      await tusUpload(target, target.app_token, 'attacked', names);
      return harm((await contentOf(target, id)) !== 'before', 'it was overwritten');
    },
  },
  {
    id: 'GHSA-4jw7-6mqj-vrhq',
    what: 'The AI chat is asked to fetch from inside',
    unshown:
      'it fetches only while a model of a paid provider answers; that the door is open there is what is seen',
    async attempt(target) {
      const { status } = await asAdmin(target)('POST', '/ai/chat', {
        messages: [],
        provider: 'openai',
        model: 'x',
      });
      return harm(status !== 403 && status !== 404, 'the chat answers');
    },
  },
  {
    id: 'GHSA-r9xq-xp38-j4j3',
    what: 'Somebody with access to the app reads the keys of the AI',
    async attempt(target) {
      await asAdmin(target)('PATCH', '/settings', { ai_openai_api_key: 'sk-attacked' });
      const { text } = await asAppUser(target)('GET', '/settings?fields=ai_openai_api_key');
      return harm(/ai_openai_api_key":"[^"]/.test(text), 'the key was answered');
    },
  },
  {
    id: 'GHSA-7h45-q5jx-7r87',
    what: 'The maker of a share is changed afterwards',
    async attempt(target) {
      const [admin, other] = await target.db('directus_users').select('id').limit(2);
      const [share] = await target
        .db('directus_shares')
        .insert({
          id: target.db.raw('gen_random_uuid()'),
          collection: target.closed_collection,
          item: target.closed_id,
          user_created: admin.id,
        })
        .returning('id');
      await asAdmin(target)('PATCH', `/shares/${share.id}`, { user_created: other.id });
      await asAdmin(target)('POST', '/graphql/system', {
        query: `mutation { update_shares_item(id: "${share.id}", data: { name: "changed" }) { id } }`,
      });
      const [after] = await target.db('directus_shares').where(share).select('user_created', 'name');
      await target.db('directus_shares').where(share).delete();
      return harm(
        after.user_created === other.id || after.name === 'changed',
        'the share is somebody else’s',
      );
    },
  },
  {
    id: 'GHSA-5h38-6755-g83w',
    what: 'A mail is made from a file outside of the templates',
    async attempt(target) {
      const folder = join(tmpdir(), `kontor-attacked-${process.pid}`);
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, 'secret.liquid'), 'a secret of this machine');
      const template = `../../../../../../../../../../../..${join(folder, 'secret')}`;
      const id = await aFlow(
        target,
        { trigger: 'webhook', options: { method: 'GET', async: false } },
        {
          type: 'mail',
          options: { to: 'a@example.com', subject: 'x', type: 'template', template, data: {} },
        },
      );
      await asAnybody(target)('GET', `/flows/trigger/${id}`);
      const isSent = () => target.mails().some(({ text }) => text.includes('a secret of this machine'));
      const is_done = await until('the mail', isSent, target.patience_ms).catch(() => false);
      await asAdmin(target)('DELETE', `/flows/${id}`);
      rmSync(folder, { recursive: true });
      return harm(is_done === true, 'the file was mailed');
    },
  },
  {
    id: 'GHSA-788p-cvgf-q973',
    what: 'The colour of the project closes the tag it is written into',
    async attempt(target) {
      const [before] = await target.db('directus_settings').select('project_color');
      await asAdmin(target)('PATCH', '/settings', { project_color: '"><script>alert(1)</script>' });
      const [after] = await target.db('directus_settings').select('project_color');
      await target.db('directus_settings').update(before);
      return harm(String(after.project_color).includes('<script>'), 'it was stored');
    },
  },
];

/** PostGIS is not here; a type of its name that takes one number is enough for the statement to get as far. */
async function standInForPostGis({ db }: Target): Promise<void> {
  await db.raw(`
    drop type if exists geometry cascade;
    create type geometry;
    create function geometry_in(cstring) returns geometry language internal immutable strict as 'textin';
    create function geometry_out(geometry) returns cstring language internal immutable strict as 'textout';
    create type geometry (input = geometry_in, output = geometry_out, typmod_in = varchartypmodin,
                          internallength = variable, alignment = int4, storage = extended);
  `);
}
