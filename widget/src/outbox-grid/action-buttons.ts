import { refusalReasons, type Allowed, type OutboxEmail } from '@portal-outbox/contracts';
import { html, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';

/** Actions that a row or the popup offers. */
export type OfferedAction = 'retry' | 'cancel' | 'send-now';

export interface ActionOffer {
  email: OutboxEmail;
  locale: Locale;
  /** Why no action is offered just now, such as a page that is not live; `null`: they are. */
  actionsOff: string | null;
  isBusy: boolean;
  host: {
    act(action: OfferedAction, email: OutboxEmail): void;
    /** An action that is not offered was pressed: says why. */
    explain(reason: string): void;
  };
}

/** Why the action is not offered, in the reader's language; `null`: it is. */
export function refusalOf(
  offer: Pick<ActionOffer, 'email' | 'locale' | 'actionsOff'>,
  action: OfferedAction,
): string | null {
  if (offer.actionsOff !== null) return offer.actionsOff;
  const { can } = offer.email;
  const allowed: Allowed = action === 'retry' ? can.retry : action === 'cancel' ? can.cancel : can.sendNow;
  if (allowed === true) return null;
  const text = refusalReasons[allowed]?.[offer.locale.language] ?? '';
  return text.replace('{connector}', offer.email.connector.name);
}

/**
 * An icon button that can be pressed when it is not offered, and then says why. The grid's keyboard is on its cell.
 */
export function iconAction(offer: ActionOffer, action: 'retry' | 'cancel'): TemplateResult {
  const { email, locale } = offer;
  const reason = refusalOf(offer, action);
  const subject = email.subject || locale.text('noSubject');
  return html`<button
    type="button"
    class="icon-button"
    part="action action-${action}"
    data-action=${action}
    tabindex="-1"
    aria-label=${locale.text(action === 'retry' ? 'retryNamed' : 'cancelNamed', { subject })}
    aria-disabled=${reason !== null || offer.isBusy ? 'true' : 'false'}
    aria-busy=${offer.isBusy ? 'true' : 'false'}
    title=${reason ?? locale.text(action === 'retry' ? 'retry' : 'cancel')}
    @click=${() => press(offer, action, reason)}
  >
    ${icon(action)}
  </button>`;
}

export function press(offer: ActionOffer, action: OfferedAction, reason: string | null): void {
  if (reason !== null) offer.host.explain(reason);
  else if (!offer.isBusy) offer.host.act(action, offer.email);
}
