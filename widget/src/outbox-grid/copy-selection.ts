import type { OutboxEmail } from '@portal-outbox/contracts';
import type { Locale } from '../i18n/locale.ts';
import type { Column } from './columns.ts';
import { copyRows } from './copy-rows.ts';

/** Copying the selected rows, loaded when something is selected. */
export interface CopyHost {
  readonly shadowRoot: ShadowRoot | null;
  readonly selectedEmails: readonly OutboxEmail[];
  readonly shown: readonly Column[];
  readonly locale: Locale;
  readonly now: number;
  readonly host: { explain(reason: string): void };
}

/**
 * The browser's own copy follows the key: it is given the rows. Where text is selected, that is what is meant. The
 * event goes to wherever the browser sees a selection, so it is met at the document.
 */
export function copyOnKey(grid: CopyHost, event: KeyboardEvent): void {
  if (hasSelectedText(grid)) return;
  const text = textOfRows(grid);
  const give = (copied: ClipboardEvent) => {
    copied.clipboardData?.setData('text/plain', text);
    copied.preventDefault();
    copied.stopImmediatePropagation();
  };
  document.addEventListener('copy', give, { capture: true, once: true });
  setTimeout(() => document.removeEventListener('copy', give, { capture: true }));
  event.stopPropagation();
}

/** Pressed before this was here: the clipboard takes it afterwards, where the page may write to it. */
export async function copyLate(grid: CopyHost): Promise<void> {
  if (hasSelectedText(grid)) return;
  await navigator.clipboard?.writeText(textOfRows(grid)).catch(() => undefined);
}

function textOfRows({ selectedEmails, shown, locale, now, host }: CopyHost): string {
  host.explain(locale.plural('rowsCopied', selectedEmails.length));
  return copyRows(selectedEmails, shown, locale, now);
}

function hasSelectedText({ shadowRoot }: CopyHost): boolean {
  const root: (ShadowRoot & { getSelection?(): Selection | null }) | null = shadowRoot;
  const selection = root?.getSelection?.() ?? getSelection();
  return selection !== null && !selection.isCollapsed && selection.toString() !== '';
}
