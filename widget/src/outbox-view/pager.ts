import { html, type TemplateResult } from 'lit';
import type { PageSource, PageTurn } from '../data/page-source.ts';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';

/** First, Previous, Next, Last, and the place: "101–150 of 4,312". */
export function pager(
  source: PageSource,
  locale: Locale,
  host: { turn(turn: PageTurn): void },
): TemplateResult {
  const shown = source.rows.remaining;
  const total = Math.max(source.total, source.offset + shown);
  const range =
    shown === 0
      ? ''
      : locale.text('range', {
          from: locale.number(source.offset + 1),
          to: locale.number(source.offset + shown),
          total: locale.number(total),
        });
  const button = (name: PageTurn, isThere: boolean) => {
    const isOffered = isThere && !source.turning;
    return html`<button
      type="button"
      class="icon-button"
      data-turn=${name}
      aria-label=${locale.text(name)}
      title=${locale.text(name)}
      aria-disabled=${isOffered ? 'false' : 'true'}
      @click=${() => isOffered && host.turn(name)}
    >
      ${icon(name)}
    </button>`;
  };
  const isLater = source.previous !== null;
  return html`<nav class="pager" part="pager" aria-label=${locale.text('pager')}>
    <span class="range">${range}</span>
    <span class="turns"
      >${button('first', isLater)}${button('previous', isLater)}${button('next', source.next !== null)}${button(
        'last',
        source.last !== null,
      )}</span
    >
  </nav>`;
}
