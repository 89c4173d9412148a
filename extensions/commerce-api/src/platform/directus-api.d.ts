/** The parts of `@directus/api` Kontor reaches for; the package ships no types. */
declare module '@directus/api' {
  /** Everything a Directus server is, but for the listening. */
  export function createApp(): Promise<unknown>;
}

declare module '@directus/api/utils/generate-hash' {
  /** Argon2 with the `HASH_*` settings, as Directus stores passwords. */
  export function generateHash(text: string): Promise<string>;
}

declare module '@directus/api/emitter' {
  const emitter: {
    /** Runs hooks and flows on these events; does not wait for them. */
    emitAction: (events: string[], meta: object, context: object) => void;
  };
  export default emitter;
}
