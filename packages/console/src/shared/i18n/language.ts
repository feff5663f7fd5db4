import type { Messages } from './en.ts';
import type { OperatorMessages } from './en-operator.ts';

export const LANGUAGES = ['en', 'zh'] as const;
export type Language = (typeof LANGUAGES)[number];

/** What each language calls itself, and the tag for the page and for Intl. */
export const LANGUAGE_NAMES: Record<Language, { name: string; tag: string }> = {
  en: { name: 'English', tag: 'en' },
  zh: { name: '\u7b80\u4f53\u4e2d\u6587', tag: 'zh-CN' },
};

const STORAGE_KEY = 'vodstack.language';

export function isLanguage(value: unknown): value is Language {
  return LANGUAGES.some((language) => language === value);
}

/** The language chosen earlier, else the first of the browser's that there is, else English. */
export function detectLanguage(storage: Pick<Storage, 'getItem'>, preferred: readonly string[]): Language {
  const stored = storage.getItem(STORAGE_KEY);
  if (isLanguage(stored)) return stored;
  return preferred.map((tag) => tag.slice(0, 2).toLowerCase()).find(isLanguage) ?? 'en';
}

export function storeLanguage(storage: Pick<Storage, 'setItem'>, language: Language): void {
  storage.setItem(STORAGE_KEY, language);
}

/** One chunk per language: only the one in use is loaded. */
export async function loadMessages(language: Language): Promise<Messages> {
  if (language === 'zh') return (await import('./zh.ts')).zh;
  return (await import('./en.ts')).en;
}

/** The texts that {@link loadMessages} leaves out. */
export async function loadOperatorMessages(language: Language): Promise<OperatorMessages> {
  if (language === 'zh') return (await import('./zh-operator.ts')).operator;
  return (await import('./en-operator.ts')).operator;
}
