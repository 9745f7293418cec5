import type { EmailDetail, RecipientKind, RecipientState } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { icon, type IconName } from '../theme/icons.ts';

type Recipient = EmailDetail['recipients'][number];

/** More than these fold. */
const shown = 10;

const marks: Record<RecipientState, { icon: IconName; word: MessageKey }> = {
  delivered: { icon: 'done', word: 'recipientDelivered' },
  refused: { icon: 'failed', word: 'recipientRefused' },
  open: { icon: 'queued', word: 'recipientWaiting' },
};

/** From, To, Cc, Bcc and Reply-To; each recipient marked with what became of it. */
export function recipientsSection(detail: EmailDetail, locale: Locale): TemplateResult {
  // The failure above has said it.
  const saidAlready = detail.email.lastFailure?.reply;
  const kinds: [RecipientKind, MessageKey][] = [
    ['to', 'to'],
    ['cc', 'cc'],
    ['bcc', 'bcc'],
  ];
  return html`<dl class="people" part="people">
    <dt>${locale.text('from')}</dt>
    <dd>${mailbox(detail.email.from)}</dd>
    ${
      detail.replyTo
        ? html`<dt>${locale.text('replyTo')}</dt>
            <dd>${mailbox(detail.replyTo)}</dd>`
        : nothing
    }
    ${kinds.map(([kind, label]) => {
      const recipients = detail.recipients.filter((recipient) => recipient.kind === kind);
      if (recipients.length === 0) return nothing;
      return html`<dt>${locale.text(label)}</dt>
        <dd>${list(recipients, locale, saidAlready)}</dd>`;
    })}
  </dl>`;
}

function list(
  recipients: readonly Recipient[],
  locale: Locale,
  saidAlready: string | undefined,
): TemplateResult {
  const folded = recipients.slice(shown);
  const items = (some: readonly Recipient[]) =>
    html`<ul class="recipients">
      ${some.map((one) => recipient(one, locale, saidAlready))}
    </ul>`;
  return html`${items(recipients.slice(0, shown))}${
    folded.length > 0
      ? html`<details class="folded">
          <summary>${locale.plural('moreRecipients', folded.length)}</summary>
          ${items(folded)}
        </details>`
      : nothing
  }`;
}

function recipient(one: Recipient, locale: Locale, saidAlready: string | undefined): TemplateResult {
  const mark = marks[one.state];
  return html`<li class="recipient">
    ${mailbox(one)}<span class="mark mark-${one.state}" title=${one.reply || locale.text(mark.word)}
      >${icon(mark.icon)}${locale.text(mark.word)}</span
    >${
      one.state === 'refused' && one.reply && one.reply !== saidAlready
        ? html`<bdi class="recipient-reply">${one.reply}</bdi>`
        : nothing
    }
  </li>`;
}

function mailbox({ name, address }: { name: string; address: string }): TemplateResult {
  return html`<span class="mailbox"
    >${name ? html`<bdi class="name">${name}</bdi> ` : nothing}<bdi class="address" dir="ltr"
      >${showBidiControls(address)}</bdi
    ></span
  >`;
}

/** Controls that turn text around are shown, not applied: `gpj.exe` must not read as `exe.jpg`. */
export function showBidiControls(text: string): string {
  return text.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (control) => {
    const code = control.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0');
    return `[U+${code}]`;
  });
}
