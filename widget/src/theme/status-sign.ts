import type { OutboxEmail, SendStatus } from '@portal-outbox/contracts';
import { css, html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { icon, type IconName } from './icons.ts';

/** Sign, word and colour of each status (M16); the doubt of B1 has a sign and a colour of its own. */
export const signs: Record<SendStatus | 'doubt', { icon: IconName; word: MessageKey }> = {
  failed: { icon: 'failed', word: 'statusFailed' },
  doubt: { icon: 'doubt', word: 'statusFailed' },
  connector_disabled: { icon: 'disabled', word: 'statusConnectorDisabled' },
  pending_retry: { icon: 'retry', word: 'statusPendingRetry' },
  queued: { icon: 'queued', word: 'statusQueued' },
};

export function statusSign(email: OutboxEmail, locale: Locale): TemplateResult {
  const doubt = email.status === 'failed' && email.mayHaveBeenSent;
  const kind = doubt ? 'doubt' : email.status;
  const word = locale.text(signs[kind].word);
  const note = email.beingSent ? locale.text('beingSent') : doubt ? locale.text('mayHaveBeenSent') : '';
  return html`<span
    class="status status-${kind} ${email.beingSent ? 'being-sent' : ''}"
    part="status status-${kind}"
    title=${note === '' ? word : `${word}, ${note}`}
    >${icon(signs[kind].icon)}<span class="status-words"
      ><span class="status-word">${word}</span>${
        note === '' ? nothing : html`<span class="status-note">${note}</span>`
      }</span
    ></span
  >`;
}

export const statusStyles = css`
  .status {
    display: inline-flex;
    align-items: center;
    gap: 7px;
    min-width: 0;
    max-width: 100%;
    --_tone: var(--_queued);
  }
  .status > .icon {
    color: var(--_tone);
  }
  .status-words {
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .status-note {
    color: var(--_tone);
  }
  .status-note::before {
    content: ' · ';
    color: var(--_muted);
  }
  .status-failed {
    --_tone: var(--_failed);
  }
  .status-doubt {
    --_tone: var(--_doubt);
  }
  .status-connector_disabled {
    --_tone: var(--_disabled);
  }
  .status-pending_retry {
    --_tone: var(--_retry);
  }
  .being-sent {
    --_tone: var(--_accent);
  }
  .being-sent > .icon {
    animation: outbox-breathe 1.6s ease-in-out infinite;
  }
  @keyframes outbox-breathe {
    50% {
      opacity: 0.35;
    }
  }
`;
