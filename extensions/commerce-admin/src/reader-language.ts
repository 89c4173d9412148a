/** The language the reader of the app has chosen, for Intl. */
export function readerLanguage(): string {
  return document.documentElement.lang || 'en-US';
}
