import type { CauseText, DeliveryCause } from '@portal-outbox/contracts';
import type { Messages } from './messages-en.ts';

/** Languages that ship; others come as a table of the host's. */
export type Language = 'en' | 'fr';

/** What is written in one language and has been loaded so far. */
export interface LanguageTexts {
  messages: Partial<Messages>;
  causes: Record<DeliveryCause, CauseText>;
}

const loaded = new Map<Language, LanguageTexts>();
const loading = new Map<string, Promise<boolean>>();
let wantsFurther = false;

/** `undefined` until `loadLanguage` has fetched it. */
export function languageTexts(language: Language): LanguageTexts | undefined {
  return loaded.get(language);
}

/** A reader's page fetches one language only. `false`: it could not be fetched; asked again, it is tried again. */
export async function loadLanguage(language: Language): Promise<boolean> {
  const isHere = await loadPageTexts(language);
  return isHere && wantsFurther ? loadFurtherTexts(language) : isHere;
}

/** The texts of the parts that are loaded on demand; from then on every language comes with them. */
export function loadFurtherTexts(language: Language): Promise<boolean> {
  wantsFurther = true;
  return once(`${language} further`, async () => {
    const [{ further }, isHere] = await Promise.all([
      language === 'fr' ? import('./language-further-fr.ts') : import('./language-further-en.ts'),
      loadPageTexts(language),
    ]);
    const texts = loaded.get(language);
    if (!isHere || !texts) throw new Error('The texts that they go with are missing.');
    loaded.set(language, { ...texts, messages: { ...texts.messages, ...further } });
  });
}

function loadPageTexts(language: Language): Promise<boolean> {
  return once(language, async () => {
    const { texts } = await (language === 'fr' ? import('./language-fr.ts') : import('./language-en.ts'));
    loaded.set(language, texts);
  });
}

function once(name: string, load: () => Promise<unknown>): Promise<boolean> {
  let promise = loading.get(name);
  if (!promise) {
    promise = load().then(
      () => true,
      () => {
        loading.delete(name);
        return false;
      },
    );
    loading.set(name, promise);
  }
  return promise;
}
