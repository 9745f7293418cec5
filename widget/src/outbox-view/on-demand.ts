import type * as pageTools from './page-tools.ts';
import { loadFurtherTexts, type Language } from '../i18n/language.ts';

/** Parts of the page that come when they are first asked for, with their texts: most visits never open them. */
type LoadedTools = typeof pageTools;

/** `false`: its code could not be fetched. */
export const loadPopup = (language: Language): Promise<boolean> =>
  isWhole(import('../outbox-popup/outbox-popup.ts'), language);

export const loadPreferences = (language: Language): Promise<boolean> =>
  isWhole(import('../outbox-preferences/outbox-preferences.ts'), language);

/** `null`: the code could not be fetched. */
export async function loadTools(language: Language): Promise<LoadedTools | null> {
  const tools = import('./page-tools.ts').catch(() => null);
  return (await loadFurtherTexts(language)) ? tools : null;
}

async function isWhole(part: Promise<unknown>, language: Language): Promise<boolean> {
  const isHere = part.then(
    () => true,
    () => false,
  );
  return (await loadFurtherTexts(language)) && isHere;
}
