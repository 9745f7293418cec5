import { html, type TemplateResult } from 'lit';
import type { Locale } from '../i18n/locale.ts';

export interface UndoSelect {
  locale: Locale;
  undoSeconds: number;
  undoChoices: readonly number[];
  choose(seconds: number): void;
}

/** How long Undo Send holds the user's emails, of what the portal offers. */
export function undoSelect({ locale, undoSeconds, undoChoices, choose }: UndoSelect): TemplateResult {
  // A delay that is no longer offered holds until another one is chosen.
  const seconds = [...new Set([...undoChoices, undoSeconds])].toSorted((a, b) => a - b);
  return html`<select
    id="undo"
    part="undo-delay"
    aria-describedby="undo-hint"
    @change=${(event: Event) => choose(Number((event.target as HTMLSelectElement).value))}
  >
    ${seconds.map(
      (choice) =>
        html`<option value=${choice} .selected=${choice === undoSeconds}>
          ${duration(choice, locale)}
        </option>`,
    )}
  </select>`;
}

function duration(seconds: number, locale: Locale): string {
  if (seconds === 0) return locale.text('undoSendOff');
  if (seconds % 60 === 0) return locale.plural('undoSendMinutes', seconds / 60);
  return locale.plural('undoSendSeconds', seconds);
}
