import type { Context } from 'hono';
import { getCookie, setCookie } from 'hono/cookie';
import { personById, visitors, type Person } from './seed/people.ts';
import { languages, type Language } from './words.ts';

export type Theme = 'light' | 'dark';

/** Who looks at the portal, and how. A real host would ask for a password; the demo starts signed in. */
export interface Session {
  person: Person;
  part: (typeof visitors)[number]['part'];
  language: Language;
  theme: Theme;
}

const cookie = { part: 'meridian_part', language: 'meridian_language', theme: 'meridian_theme' } as const;

export function readSession(context: Context): Session {
  const visitor = visitors.find((each) => each.part === getCookie(context, cookie.part)) ?? visitors[0];
  const chosen = getCookie(context, cookie.language);
  return {
    person: personById(visitor.personId),
    part: visitor.part,
    language: languages.find((language) => language === chosen) ?? preferredLanguage(context),
    theme: getCookie(context, cookie.theme) === 'dark' ? 'dark' : 'light',
  };
}

/** Keeps what the header's switcher sent; unknown values are left out. */
export function writeSession(context: Context, choice: Record<string, unknown>): void {
  const options = { path: '/', httpOnly: true, sameSite: 'Lax' } as const;
  const keep = (name: string, value: unknown, known: readonly string[]) => {
    if (typeof value === 'string' && known.includes(value)) setCookie(context, name, value, options);
  };
  keep(
    cookie.part,
    choice['part'],
    visitors.map((each) => each.part),
  );
  keep(cookie.language, choice['language'], languages);
  keep(cookie.theme, choice['theme'], ['light', 'dark']);
}

function preferredLanguage(context: Context): Language {
  return /^fr\b/i.test(context.req.header('accept-language') ?? '') ? 'fr' : 'en';
}
