import { describe, expect, it } from 'vitest';
import { causeTextsEn } from './cause-texts-en.ts';
import { causeTextsFr } from './cause-texts-fr.ts';
import { deliveryCauses } from './delivery-cause.ts';

const texts = Object.entries(deliveryCauses).flatMap(([cause, { meaning, advice }]) =>
  [meaning, advice].map(({ en, fr }) => ({ cause, en, fr })),
);

describe('the words of a cause', () => {
  it.each(texts)('are a short sentence in both languages: $en', ({ en, fr }) => {
    for (const text of [en, fr]) {
      expect(text).toMatch(/^\p{Lu}.{10,110}\.$/u);
      expect(text).not.toMatch(/['"]|\s\s/);
    }
    expect(fr).not.toBe(en);
  });

  it.each(texts)('keep French typography: $fr', ({ fr }) => {
    expect(fr).not.toMatch(/[^\u00a0][:;!?»]/u);
    expect(fr).not.toMatch(/«[^\u00a0]/u);
  });

  it('have a label of at most four words, which stands within a sentence', () => {
    for (const { label } of [...Object.values(causeTextsEn), ...Object.values(causeTextsFr)]) {
      expect(label).toMatch(/^\p{Ll}[^.:;!?'"]{2,27}$/u);
    }
  });

  it('say of a migrated email exactly what the product says', () => {
    expect(deliveryCauses.migrated.meaning).toEqual({
      en: 'Migrated from an older system. It goes only by Retry.',
      fr: 'Migré d’une ancienne version. Il ne part que par Nouvel essai.',
    });
  });
});
