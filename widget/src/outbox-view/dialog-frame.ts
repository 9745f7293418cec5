import { html, nothing, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';
import { icon } from '../theme/icons.ts';

export interface DialogFrame {
  title: string;
  /** `drawer` at the side, `wide` for lists. */
  kind: '' | 'drawer' | 'wide';
  locale: Locale;
  content: TemplateResult;
  foot?: TemplateResult;
  onClose(): void;
}

/**
 * A native modal: focus stays in it, Escape and a click beside it close it, and its keys are nobody else's. The element that
 * renders it opens it with `openDialog` after its first update.
 */
export function dialogFrame({ title, kind, locale, content, foot, onClose }: DialogFrame): TemplateResult {
  return html`<dialog
    class=${kind}
    part="dialog"
    aria-labelledby="dialog-title"
    @close=${onClose}
    @click=${(event: MouseEvent) => event.target === event.currentTarget && close(event)}
    @keydown=${(event: KeyboardEvent) => event.stopPropagation()}
    @keyup=${(event: KeyboardEvent) => event.stopPropagation()}
  >
    <div class="head">
      <h3 id="dialog-title">${title}</h3>
      <button
        type="button"
        class="icon-button"
        data-action="close"
        aria-label=${locale.text('back')}
        title=${locale.text('back')}
        @click=${close}
      >
        ${icon('close')}
      </button>
    </div>
    <div class="content" tabindex="-1">${content}</div>
    ${foot ? html`<div class="foot">${foot}</div>` : nothing}
  </dialog>`;
}

export function openDialog(root: ShadowRoot | null): void {
  const dialog = root?.querySelector('dialog');
  if (dialog?.isConnected && !dialog.open) dialog.showModal();
}

/** Closes the dialog that the event is in. */
export function close(event: Event): void {
  (event.currentTarget as Element).closest('dialog')?.close();
}
