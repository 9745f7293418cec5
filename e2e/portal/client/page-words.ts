import type { scriptWords } from '../words.ts';

type ScriptWord = (typeof scriptWords)[number];

const words = JSON.parse(document.documentElement.dataset['words'] ?? '{}') as Partial<
  Record<ScriptWord, string>
>;

/** The page's words for its script, with `{placeholders}` filled in. */
export function sayOnPage(word: ScriptWord, values: Readonly<Record<string, string | number>> = {}): string {
  return (words[word] ?? '').replace(/\{(\w+)\}/g, (_, name: string) => String(values[name] ?? ''));
}

/** "14:05:09" in the reader's language and zone. */
export function timeOfDay(instant: string): string {
  return new Intl.DateTimeFormat(document.documentElement.lang, {
    timeStyle: 'medium',
    hourCycle: 'h23',
  }).format(new Date(instant));
}
