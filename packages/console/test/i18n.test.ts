import { describe, expect, it } from 'vitest';

import { en } from '../src/shared/i18n/en.ts';
import { detectLanguage, LANGUAGES, loadMessages, storeLanguage } from '../src/shared/i18n/language.ts';
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

const english = flatten(en);
const chinese = flatten(zh);

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
    expect(flatten(await loadMessages(language)).size).toBe(english.size);
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
