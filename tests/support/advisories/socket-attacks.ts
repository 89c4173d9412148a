/** Against WebSockets, which Kontor switches off. */
import { openSocket } from './sockets.ts';
import { harm, type Attack } from './target.ts';

export const SOCKET_ATTACKS: readonly Attack[] = [
  {
    id: 'GHSA-97xr-jchp-xm3c',
    what: 'A WebSocket reads a closed collection after failing to sign in',
    async attempt({ url, closed_collection: collection }) {
      const socket = await openSocket(url, '/websocket');
      if (!socket) return null;
      socket.send({ type: 'auth', access_token: 'x.y.z' });
      await socket.next();
      socket.send({ type: 'items', collection, action: 'read', query: { limit: 1 } });
      const answer = JSON.parse((await socket.next()) ?? '{}') as { data?: unknown[] };
      socket.close();
      return harm((answer.data ?? []).length > 0, 'a row nobody was to see came over the socket');
    },
  },
  {
    id: 'GHSA-mww8-4gwh-rjfw',
    what: 'A page of another origin opens a WebSocket',
    async attempt({ url }) {
      const socket = await openSocket(url, '/websocket', { origin: 'https://evil.example' });
      socket?.close();
      return harm(socket !== null, 'the socket was opened for https://evil.example');
    },
  },
  {
    id: 'GHSA-ff8w-8crv-9rcf',
    what: 'A GraphQL document without end comes over a WebSocket',
    async attempt({ url, open_collection }) {
      const protocol = { 'sec-websocket-protocol': 'graphql-transport-ws' };
      const socket = await openSocket(url, '/graphql', protocol);
      if (!socket) return null;
      socket.send({ type: 'connection_init' });
      await socket.next();
      const fields = Array.from({ length: 6_000 }, (_, at) => `a${at}: id`).join(' ');
      const query = `subscription { ${open_collection}_mutated { key data { ${fields} } } }`;
      socket.send({ id: '1', type: 'subscribe', payload: { query } });
      const answer = (await socket.next()) ?? '';
      socket.close();
      return harm(!/token/i.test(answer), 'twelve thousand tokens were not too many');
    },
  },
];
