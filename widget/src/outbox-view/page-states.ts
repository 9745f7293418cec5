import { html, nothing, type TemplateResult } from 'lit';
import type { FailureCode } from '../data/service-result.ts';
import type { Locale } from '../i18n/locale.ts';
import { icon, type IconName } from '../theme/icons.ts';

/** Codes of the event `outbox-error`. */
export type ErrorCode = 'unauthenticated' | 'unavailable' | 'misconfigured' | 'incompatible';

export type Failure = FailureCode | 'misconfigured';

const codes: { [Name in Failure]?: ErrorCode } = {
  unauthenticated: 'unauthenticated',
  unreachable: 'unavailable',
  unavailable: 'unavailable',
  rate_limited: 'unavailable',
  forbidden: 'misconfigured',
  misconfigured: 'misconfigured',
};

export function errorCode(failure: Failure): ErrorCode {
  return codes[failure] ?? 'incompatible';
}

export function errorText(failure: Failure, locale: Locale): string {
  if (failure === 'forbidden') return locale.text(failure);
  const code = errorCode(failure);
  return locale.text(code === 'unauthenticated' ? 'sessionEnded' : code);
}

/** A text in place of the rows, with a way on where there is one. */
export function panel(sign: IconName, text: string, locale: Locale, tryAgain?: () => void): TemplateResult {
  return html`<div class="panel" part="panel">
    <span class="panel-sign">${icon(sign)}</span>
    <p>${text}</p>
    ${
      tryAgain
        ? html`<button type="button" class="button" part="try-again" @click=${tryAgain}>
            ${locale.text('tryAgain')}
          </button>`
        : nothing
    }
  </div>`;
}

/** Nothing of the view matches what is searched and filtered for. */
export function noMatchPanel(locale: Locale, clear: () => void): TemplateResult {
  return html`<div class="panel" part="panel">
    <span class="panel-sign">${icon('search')}</span>
    <p>
      ${locale.text('noMatch')}
      <button type="button" class="link" part="clear-filters" @click=${clear}>
        ${locale.text('clearFiltersNow')}
      </button>
    </p>
  </div>`;
}
