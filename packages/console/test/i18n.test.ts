import { describe, expect, it, vi } from 'vitest';

import { operator as englishOperator } from '../src/shared/i18n/en-operator.ts';
import { en } from '../src/shared/i18n/en.ts';
import { createI18n, loadOperatorTexts, switchLanguage } from '../src/shared/i18n/i18n.ts';
import {
  detectLanguage,
  LANGUAGES,
  loadMessages,
  loadOperatorMessages,
  storeLanguage,
} from '../src/shared/i18n/language.ts';
import { operator as chineseOperator } from '../src/shared/i18n/zh-operator.ts';
import { zh } from '../src/shared/i18n/zh.ts';

/** Every text by its whole key. */
function flatten(messages: object, prefix = ''): Map<string, string> {
  const texts = new Map<string, string>();
  for (const [key, value] of Object.entries(messages)) {
    if (typeof value === 'string') texts.set(prefix + key, value);
    else for (const [inner, text] of flatten(value, `${prefix}${key}.`)) texts.set(inner, text);
  }
  return texts;
}

function parametersOf(text: string | undefined): string[] {
  return [...(text ?? '').matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name ?? '').toSorted();
}

const english = flatten({ ...en, ...englishOperator });
const chinese = flatten({ ...zh, ...chineseOperator });

describe('the two languages', () => {
  it('have the same keys', () => {
    expect(english.size).toBeGreaterThan(150);
    expect([...chinese.keys()].toSorted()).toEqual([...english.keys()].toSorted());
  });

  it('have no empty text', () => {
    expect([...english, ...chinese].filter(([, text]) => text.trim() === '')).toEqual([]);
  });

  it('insert the same values in each text', () => {
    const differing = [...english].filter(
      ([key, text]) => String(parametersOf(text)) !== String(parametersOf(chinese.get(key))),
    );
    expect(differing).toEqual([]);
  });

  it('are in different languages wherever English has a sentence', () => {
    const untranslated = [...english].filter(
      ([key, text]) =>
        /[a-z] [a-z]+ [a-z]/.test(text) && chinese.get(key) === text && !text.startsWith('npm '),
    );
    expect(untranslated).toEqual([]);
  });

  it('use full-width punctuation between Chinese characters', () => {
    expect([...chinese].filter(([, text]) => /\p{Script=Han}[,:?]/u.test(text))).toEqual([]);
  });

  it.each(LANGUAGES)('can be loaded by name: %s', async (language) => {
    const all = { ...(await loadMessages(language)), ...(await loadOperatorMessages(language)) };
    expect(flatten(all).size).toBe(english.size);
  });
});

describe('the language at start', () => {
  const nothingStored = { getItem: () => null };

  it('is the first known one of the browser', () => {
    expect(detectLanguage(nothingStored, ['fr-FR', 'zh-TW', 'en'])).toBe('zh');
  });

  it('is English when the browser knows none of ours', () => {
    expect(detectLanguage(nothingStored, ['fr-FR'])).toBe('en');
  });

  it('is the one chosen earlier', () => {
    const stored = new Map<string, string>();
    storeLanguage({ setItem: (key, value) => stored.set(key, value) }, 'zh');
    expect(detectLanguage({ getItem: (key) => stored.get(key) ?? null }, ['en'])).toBe('zh');
  });
});

it('brings the texts of the operator’s pages along when the language changes, and not before they were needed', async () => {
  vi.stubGlobal('document', { documentElement: { lang: '' } });
  const storage = { setItem: () => undefined } as unknown as Storage;
  const i18n = await createI18n('en');
  await switchLanguage(i18n, 'zh', storage);
  expect(i18n.exists('gateway.title')).toBe(false);
  await loadOperatorTexts(i18n);
  expect(i18n.t('gateway.title')).toBe(chineseOperator.gateway.title);
  await switchLanguage(i18n, 'en', storage);
  expect(i18n.t('gateway.title')).toBe(englishOperator.gateway.title);
  expect(i18n.t('media.title')).toBe(en.media.title);
  vi.unstubAllGlobals();
});
