import { html, LitElement, type TemplateResult } from 'lit';
import { property } from 'lit/decorators.js';
import { defineElement } from '../define-element.ts';
import type { Locale } from '../i18n/locale.ts';
import type { MessageKey } from '../i18n/messages-en.ts';
import { controls } from '../theme/controls.ts';
import { tokens } from '../theme/tokens.ts';
import { dialogFrame, openDialog } from './dialog-frame.ts';
import { dialogStyles } from './dialog-styles.ts';

export interface ShortcutsHost {
  closePanel(): void;
}

/** Keys as they are printed on keyboards; `Ctrl` is ⌘ on a Mac as well. */
const shortcuts: readonly (readonly [keys: readonly string[], does: MessageKey])[] = [
  [['←', '→', '↑', '↓'], 'shortcutMove'],
  [['Home', 'End'], 'shortcutEnds'],
  [['Ctrl Home', 'Ctrl End'], 'shortcutRows'],
  [['Page Up', 'Page Down'], 'shortcutPages'],
  [['Enter'], 'shortcutOpen'],
  [['Space'], 'shortcutSelect'],
  [['Shift ↑', 'Shift ↓', 'Shift Space'], 'shortcutRange'],
  [['Ctrl A'], 'shortcutAll'],
  [['Esc'], 'shortcutClear'],
  [['Ctrl C'], 'shortcutCopy'],
  [['R', 'C', 'N'], 'shortcutActions'],
  [['/'], 'shortcutSearch'],
  [['F'], 'shortcutFilters'],
  [['Enter'], 'shortcutSort'],
  [['Shift ←', 'Shift →'], 'shortcutWidth'],
  [['?'], 'shortcutHelp'],
];

/** What the keys do while the focus is on the rows. Part of `<outbox-view>`. */
export class ShortcutsDialog extends LitElement {
  static override styles = [tokens, controls, dialogStyles];

  @property({ attribute: false }) host!: ShortcutsHost;
  @property({ attribute: false }) locale!: Locale;

  protected override firstUpdated(): void {
    openDialog(this.shadowRoot);
  }

  protected override render(): TemplateResult {
    const { locale } = this;
    return dialogFrame({
      title: locale.text('shortcuts'),
      kind: 'wide',
      locale,
      onClose: () => this.host.closePanel(),
      content: html`<dl class="keys">
        ${shortcuts.map(
          ([keys, does]) =>
            html`<dt>${keys.map((key, index) => html`${index > 0 ? ' ' : ''}<kbd>${key}</kbd>`)}</dt>
              <dd>${locale.text(does)}</dd>`,
        )}
      </dl>`,
    });
  }
}

defineElement('outbox-shortcuts', ShortcutsDialog);
