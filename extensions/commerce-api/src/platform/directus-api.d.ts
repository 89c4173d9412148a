/** The parts of `@directus/api` Kontor reaches for; the package ships no types. */
declare module '@directus/api' {
  /** Everything a Directus server is, but for the listening. */
  export function createApp(): Promise<unknown>;
}

declare module '@directus/api/utils/generate-hash' {
  /** Argon2 with the `HASH_*` settings, as Directus stores passwords. */
  export function generateHash(text: string): Promise<string>;
}

declare module '@directus/api/utils/encrypt' {
  /** AES-256-GCM under a key made of a password, as Directus keeps fields of the kind "encrypt". */
  export function encrypt(text: string, password: string): Promise<string>;
  /** @throws Error under another password */
  export function decrypt(text: string, password: string): Promise<string>;
}

declare module '@directus/api/emitter' {
  const emitter: {
    /** Runs hooks and flows on these events; does not wait for them. */
    emitAction: (events: string[], meta: object, context: object) => void;
    /** Runs what hooks and flows make of a payload, one after the other. */
    emitFilter: <Payload>(event: string, payload: Payload, meta: object, context: object) => Promise<Payload>;
    filterEmitter: { listeners: (event: string) => unknown[] };
  };
  export default emitter;
}

declare module '@directus/api/cache' {
  /** Forgets the remembered schema and permissions, of this process and of what it shares with others. */
  export function clearSystemCache(options?: { autoPurgeCache?: boolean }): Promise<void>;
}

declare module '@directus/api/utils/get-ip-from-req' {
  import type { IncomingMessage } from 'node:http';
  /** The client's address as IP_TRUST_PROXY and IP_CUSTOM_HEADER say, of Express' requests and of plain ones; null once it hung up. */
  export function getIPFromReq(req: IncomingMessage): string | null;
}

declare module '@directus/api/utils/get-config-from-env' {
  /** The variables that begin so, by what follows in camel case. */
  export function getConfigFromEnv(prefix: string): Record<string, unknown>;
}
