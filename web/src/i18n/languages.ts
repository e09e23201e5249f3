import { type Dictionary, en } from './en.ts';

/** The languages by tag: what they call themselves, how they are written, and their words, fetched when chosen. */
export const LANGUAGES = {
  en: { name: 'English', direction: 'ltr', load: async (): Promise<Dictionary> => en },
  el: { name: 'Ελληνικά', direction: 'ltr', load: async (): Promise<Dictionary> => (await import('./el.ts')).el },
} as const satisfies Record<string, Language>;

type Language = { readonly name: string; readonly direction: 'ltr' | 'rtl'; load(): Promise<Dictionary> };
export type LanguageTag = keyof typeof LANGUAGES;

const STORED_AS = 'commslog-language';

export const LANGUAGE_TAGS = Object.keys(LANGUAGES).filter(isLanguage);

function isLanguage(tag: string | null): tag is LanguageTag {
  return tag !== null && Object.hasOwn(LANGUAGES, tag);
}

/** What was chosen here, else the first of the browser's languages that we speak, else English. */
export function preferredLanguage(): LanguageTag {
  const stored = localStorage.getItem(STORED_AS);
  if (isLanguage(stored)) return stored;
  return navigator.languages.map((tag) => tag.split('-')[0] ?? '').find(isLanguage) ?? 'en';
}

export function rememberLanguage(tag: LanguageTag): void {
  localStorage.setItem(STORED_AS, tag);
}
