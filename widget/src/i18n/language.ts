import type { CauseText, DeliveryCause } from '@portal-outbox/contracts';
import type { Messages } from './messages-en.ts';

/** Languages that ship; others come as a table of the host's. */
export type Language = 'en' | 'fr';

/** Everything that is written in one language. */
export interface LanguageTexts {
  messages: Messages;
  causes: Record<DeliveryCause, CauseText>;
}

const loaded = new Map<Language, LanguageTexts>();
const loading = new Map<Language, Promise<boolean>>();

/** `undefined` until `loadLanguage` has fetched it. */
export function languageTexts(language: Language): LanguageTexts | undefined {
  return loaded.get(language);
}

/** A reader's page fetches one language only. `false`: it could not be fetched; asked again, it is tried again. */
export function loadLanguage(language: Language): Promise<boolean> {
  let promise = loading.get(language);
  if (!promise) {
    const texts = language === 'fr' ? import('./language-fr.ts') : import('./language-en.ts');
    promise = texts.then(
      (module) => {
        loaded.set(language, module.texts);
        return true;
      },
      () => {
        loading.delete(language);
        return false;
      },
    );
    loading.set(language, promise);
  }
  return promise;
}
