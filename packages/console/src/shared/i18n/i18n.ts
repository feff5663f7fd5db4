import { createInstance, type i18n } from 'i18next';
import { initReactI18next } from 'react-i18next';

import type { Messages } from './en.ts';
import type { OperatorMessages } from './en-operator.ts';
import {
  isLanguage,
  LANGUAGE_NAMES,
  loadMessages,
  loadOperatorMessages,
  storeLanguage,
  type Language,
} from './language.ts';

declare module 'i18next' {
  interface CustomTypeOptions {
    resources: { translation: Messages & OperatorMessages };
  }
}

/** Resolves when the texts of the language are there. */
export async function createI18n(language: Language): Promise<i18n> {
  const instance = createInstance();
  await instance.use(initReactI18next).init({
    lng: language,
    resources: { [language]: { translation: await loadMessages(language) } },
    // React escapes.
    interpolation: { escapeValue: false },
    fallbackLng: false,
  });
  document.documentElement.lang = LANGUAGE_NAMES[language].tag;
  return instance;
}

/** Loads the texts if need be, switches, and remembers the choice. */
export async function switchLanguage(instance: i18n, language: Language, storage: Storage): Promise<void> {
  if (!instance.hasResourceBundle(language, 'translation')) {
    instance.addResourceBundle(language, 'translation', await loadMessages(language));
  }
  if (hasOperatorTexts(instance, instance.language)) await addOperatorTexts(instance, language);
  await instance.changeLanguage(language);
  document.documentElement.lang = LANGUAGE_NAMES[language].tag;
  storeLanguage(storage, language);
}

/** Adds the texts of the pages of functions, the gateway and deliveries, in the language in use. */
export async function loadOperatorTexts(instance: i18n): Promise<void> {
  if (isLanguage(instance.language)) await addOperatorTexts(instance, instance.language);
}

async function addOperatorTexts(instance: i18n, language: Language): Promise<void> {
  if (hasOperatorTexts(instance, language)) return;
  instance.addResourceBundle(language, 'translation', await loadOperatorMessages(language), true);
}

function hasOperatorTexts(instance: i18n, language: string): boolean {
  return instance.getResource(language, 'translation', 'gateway') !== undefined;
}
