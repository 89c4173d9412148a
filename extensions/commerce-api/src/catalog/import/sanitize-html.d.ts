/** What Kontor uses of sanitize-html, which ships without types. */
declare module 'sanitize-html' {
  interface Options {
    allowedTags?: string[];
    allowedAttributes?: Record<string, string[]>;
    allowedSchemes?: string[];
  }
  interface Sanitize {
    (html: string, options?: Options): string;
    defaults: { allowedTags: string[]; allowedAttributes: Record<string, string[]> };
  }
  const sanitize: Sanitize;
  export default sanitize;
}
