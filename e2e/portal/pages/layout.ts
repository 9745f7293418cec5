import { html, raw } from 'hono/html';
import { visitors, personById } from '../seed/people.ts';
import type { Session } from '../session.ts';
import { languages, sayIn, scriptWords, type Word } from '../words.ts';
import { icon, type IconName } from './icons.ts';
import { writeEmailDialog } from './write-email.ts';

type Markup = ReturnType<typeof html>;

export interface Page {
  session: Session;
  /** Where the widget and the API are, as the browser sees them. */
  serviceUrl: string;
  /** Path of the navigation's current link. */
  path: string;
  title: string;
  content: Markup;
}

/** The frame of every page: header, navigation, content. */
export function layout(page: Page): Markup {
  const { session } = page;
  const say = sayIn(session.language);
  const words = Object.fromEntries(scriptWords.map((word) => [word, say(word)]));
  return html`<!doctype html>
    <html
      lang="${session.language}"
      data-theme="${session.theme}"
      data-service-url="${page.serviceUrl}"
      data-words="${JSON.stringify(words)}"
    >
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title} · Meridian</title>
        <link rel="icon" href="/assets/meridian.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/assets/portal.css" />
        <script type="module" src="/assets/portal.js"></script>
      </head>
      <body>
        ${header(session)} ${navigation(session, page.path)}
        <main>${page.content}</main>
        ${writeEmailDialog(session)}
        <p id="notice" role="status" hidden></p>
      </body>
    </html>`;
}

function header(session: Session): Markup {
  const say = sayIn(session.language);
  return html`<header>
    <a class="brand" href="/"
      ><img src="/assets/meridian.svg" width="26" height="26" alt="" /><b>Meridian</b></a
    >
    <form class="search" role="search" action="/search">
      ${icon('search')}<input
        type="search"
        name="q"
        aria-label="${say('search')}"
        placeholder="${say('search')}"
      />
    </form>
    <button type="button" class="primary" id="write-email" aria-label="${say('writeEmail')}">
      ${icon('pen')}<span>${say('writeEmail')}</span>
    </button>
    ${userMenu(session)}
  </header>`;
}

function userMenu(session: Session): Markup {
  const say = sayIn(session.language);
  const choice = (name: string, value: string, label: string, chosen: boolean, small = '') =>
    html`<button
      name="${name}"
      value="${value}"
      aria-pressed="${String(chosen)}"
      lang="${name === 'language' ? value : session.language}"
    >
      <span>${label}${small ? html`<small>${small}</small>` : ''}</span>
    </button>`;
  return html`<details class="user-menu">
    <summary>
      <i class="avatar" aria-hidden="true">${initials(session.person.name)}</i>
      <span>${session.person.name}<small>${say(session.part)}</small></span
      >${icon('chevron')}
    </summary>
    <form method="post" action="/session">
      <fieldset>
        <legend>${say('signedInAs')}</legend>
        ${visitors.map(({ part, personId }) =>
          choice('part', part, personById(personId).name, part === session.part, say(part)),
        )}
      </fieldset>
      <fieldset class="pair">
        <legend>${say('language')}</legend>
        ${languages.map((language) =>
          choice(
            'language',
            language,
            language === 'en' ? 'English' : 'Français',
            language === session.language,
          ),
        )}
      </fieldset>
      <fieldset class="pair">
        <legend>${say('theme')}</legend>
        ${(['light', 'dark'] as const).map((theme) => choice('theme', theme, say(theme), theme === session.theme))}
      </fieldset>
    </form>
  </details>`;
}

function navigation(session: Session, path: string): Markup {
  const say = sayIn(session.language);
  const link = (href: string, label: Word, name: IconName, extra: Markup | '' = '') =>
    html`<li>
      <a href="${href}" ${href === path ? raw('aria-current="page"') : ''}
        >${icon(name)}<span>${say(label)}</span>${extra}</a
      >
    </li>`;
  return html`<nav aria-label="${say('menu')}">
    <ul>
      ${link('/home', 'home', 'home')}
    </ul>
    <h2>${say('work')}</h2>
    <ul>
      ${link('/tickets', 'tickets', 'ticket')} ${link('/cases', 'cases', 'case')}
      ${link('/actions', 'actions', 'action')}
    </ul>
    <h2>${say('emails')}</h2>
    <ul>
      ${link('/emails/inbox', 'inbox', 'inbox')}
      ${link('/emails/outbox', 'outbox', 'outbox', html`<outbox-count></outbox-count>`)}
    </ul>
  </nav>`;
}

function initials(name: string): string {
  const parts = name.split(' ');
  return `${parts[0]?.[0] ?? ''}${parts.at(-1)?.[0] ?? ''}`;
}
