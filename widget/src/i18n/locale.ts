import type { CauseText, DeliveryCause } from '@portal-outbox/contracts';
import { languageTexts, type Language, type LanguageTexts } from './language.ts';
import type { Message, MessageKey, Messages } from './messages-en.ts';

const minute = 60_000;

/** How one reader sees texts, numbers and instants. A new object for every change, so comparing it is enough. */
export class Locale {
  readonly language: Language;
  /** As in BCP 47: how numbers and dates are written. */
  readonly tag: string;
  /** As in IANA; `undefined`: the browser's. */
  readonly zone: string | undefined;
  readonly #texts: LanguageTexts | undefined;
  readonly #messages: Partial<Messages>;
  readonly #formats = new Map<string, Intl.DateTimeFormat>();
  #numbers: Intl.NumberFormat | undefined;
  #plurals: Intl.PluralRules | undefined;

  /** `lang` as in HTML, `timeZone` as in IANA; empty means the browser's. `messages` replaces single texts. */
  constructor(lang: string, timeZone = '', messages: Partial<Messages> = {}) {
    this.language = languageOf(lang);
    this.tag = supportedTag(lang, this.language);
    this.zone = supportedTimeZone(timeZone);
    this.#texts = languageTexts(this.language);
    this.#messages = { ...this.#texts?.messages, ...messages };
  }

  /** The language's texts are here; until then every text is empty. */
  get isReady(): boolean {
    return this.#texts !== undefined;
  }

  /** Nothing that was loaded since is missing. */
  get isCurrent(): boolean {
    return this.#texts === languageTexts(this.language);
  }

  text(key: MessageKey, values: Record<string, string> = {}): string {
    return fill(singular(this.#messages[key] ?? ''), values);
  }

  /** Why an attempt failed; `undefined` for a cause of a newer service. */
  cause(cause: DeliveryCause): CauseText | undefined {
    return this.#texts?.causes[cause];
  }

  /** A text that depends on a count; `{count}` is written with the language's separators. */
  plural(key: MessageKey, count: number): string {
    const message: Message = this.#messages[key] ?? '';
    this.#plurals ??= new Intl.PluralRules(this.tag);
    const form = this.#plurals.select(count) === 'one' ? 'one' : 'other';
    return fill(typeof message === 'string' ? message : message[form], { count: this.number(count) });
  }

  number(value: number): string {
    this.#numbers ??= new Intl.NumberFormat(this.tag);
    return this.#numbers.format(value);
  }

  /** "14:05" today, "12 Nov 14:05" this year, with the year otherwise. `now` in ms. */
  dateTime(instant: string, now: number): string {
    const date = new Date(instant);
    const time = this.time(date);
    const day = this.#day(date, now);
    return day === '' ? time : `${day} ${time}`;
  }

  time(date: Date): string {
    return this.#format({ hour: '2-digit', minute: '2-digit', hourCycle: 'h23' }).format(date);
  }

  /** Everything, to the second and with the zone: for titles. */
  fullDateTime(instant: string): string {
    return this.#format({ dateStyle: 'full', timeStyle: 'long' }).format(new Date(instant));
  }

  /** "2026-11-12 14:05:09" in the reader's zone: for spreadsheets, which sort it. */
  sortableDateTime(instant: string): string {
    // Sweden writes dates as ISO 8601 does.
    return this.#format({ dateStyle: 'short', timeStyle: 'medium' }, 'sv').format(new Date(instant));
  }

  /** "in 4 min" within the hour, else as `dateTime`. `now` is the server's time in ms. */
  nextAttempt(instant: string, now: number): string {
    const left = Date.parse(instant) - now;
    if (left <= 0) return this.text('now');
    if (left < minute) return this.text('inSeconds', { count: String(Math.ceil(left / 1000)) });
    if (left < 60 * minute) return this.text('inMinutes', { count: String(Math.round(left / minute)) });
    return this.dateTime(instant, now);
  }

  #day(date: Date, now: number): string {
    const parts = this.#format({ year: 'numeric', month: 'numeric', day: 'numeric' });
    const today = new Date(now);
    if (parts.format(date) === parts.format(today)) return '';
    const year = this.#format({ year: 'numeric' });
    return year.format(date) === year.format(today)
      ? this.#format({ day: 'numeric', month: 'short' }).format(date)
      : this.#format({ day: 'numeric', month: 'short', year: 'numeric' }).format(date);
  }

  #format(options: Intl.DateTimeFormatOptions, tag = this.tag): Intl.DateTimeFormat {
    const key = [tag, ...Object.values(options)].join();
    let format = this.#formats.get(key);
    if (!format) {
      // `exactOptionalPropertyTypes`: an undefined zone is left out.
      const zone = this.zone === undefined ? {} : { timeZone: this.zone };
      format = new Intl.DateTimeFormat(tag, { ...options, ...zone });
      this.#formats.set(key, format);
    }
    return format;
  }
}

/** French where it says so, else English. */
export function languageOf(lang: string): Language {
  return /^fr\b/i.test(lang) ? 'fr' : 'en';
}

function fill(text: string, values: Record<string, string>): string {
  return text.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
}

function singular(message: Message): string {
  return typeof message === 'string' ? message : message.other;
}

/** Plain "en" reads as day before month, as the product writes its dates. */
function supportedTag(lang: string, language: Language): string {
  try {
    const [tag] = Intl.DateTimeFormat.supportedLocalesOf(lang);
    if (tag?.includes('-') && tag.startsWith(language)) return tag;
  } catch {
    // Not a language tag: the language's own default is used.
  }
  return language === 'fr' ? 'fr' : 'en-GB';
}

function supportedTimeZone(timeZone: string): string | undefined {
  if (timeZone === '') return undefined;
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch {
    return undefined;
  }
}
