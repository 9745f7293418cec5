import type { OutboxEmail } from '@portal-outbox/contracts';
import { html, LitElement, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { defineElement } from '../define-element.ts';
import type { Locale } from '../i18n/locale.ts';
import { controls } from '../theme/controls.ts';
import { tokens } from '../theme/tokens.ts';
import { close, dialogFrame, openDialog } from './dialog-frame.ts';
import { dialogStyles } from './dialog-styles.ts';

/** The one question before a retry of a single email: the recipient may get it twice (B1). Part of `<outbox-view>`. */
export class DoubtDialog extends LitElement {
  static override styles = [tokens, controls, dialogStyles];

  @property({ attribute: false }) locale!: Locale;
  @property({ attribute: false }) email!: OutboxEmail;
  @property({ attribute: false }) answer!: (yes: boolean) => void;

  protected override firstUpdated(): void {
    openDialog(this.shadowRoot);
  }

  protected override render(): TemplateResult {
    const { locale, email } = this;
    return dialogFrame({
      title: locale.text('doubtTitle'),
      kind: '',
      locale,
      onClose: () => this.answer(false),
      content: html`<p class="quiet"><bdi>${email.subject || locale.text('noSubject')}</bdi></p>
        <p>${locale.text('doubtText')}</p>`,
      foot: html`<button type="button" class="button" autofocus data-answer="back" @click=${close}>
          ${locale.text('back')}
        </button>
        <button
          type="button"
          class="button primary"
          data-answer="retry"
          @click=${(event: Event) => {
            this.answer(true);
            close(event);
          }}
        >
          ${locale.text('retry')}
        </button>`,
    });
  }
}

defineElement('outbox-doubt', DoubtDialog);
