import type { EmailDetail } from '@portal-outbox/contracts';
import { html, nothing, type TemplateResult } from 'lit';
import type { Connection } from '../data/connection.ts';
import { capabilityHref, requestAttachment } from '../data/detail-requests.ts';
import type { Locale } from '../i18n/locale.ts';
import { fileSize } from '../i18n/measures.ts';
import { icon } from '../theme/icons.ts';
import { showBidiControls } from './recipients-section.ts';

/** The files, each a button that downloads it. Inline images belong to the text and are left out. */
export function attachmentsSection(
  detail: EmailDetail,
  locale: Locale,
  download: (position: number) => void,
): TemplateResult | typeof nothing {
  const files = detail.attachments.filter((attachment) => !attachment.inline);
  if (files.length === 0) return nothing;
  return html`<section class="section" part="attachments">
    <h3>${locale.plural('attachments', files.length)}</h3>
    <ul class="files">
      ${files.map((file) => {
        const name = showBidiControls(file.fileName);
        return html`<li>
          <button
            type="button"
            class="file"
            aria-label=${locale.text('download', { name })}
            title=${name}
            @click=${() => download(file.position)}
          >
            ${icon('attachment')}<bdi class="file-name">${name}</bdi
            ><span class="quiet">${fileSize(file.size, locale)}</span>
          </button>
        </li>`;
      })}
    </ul>
  </section>`;
}

/**
 * Fetches by a link that works for a minute and needs no token; the service answers "save as". It opens apart,
 * so that whatever it answers the host's page stays. `false`: it could not be had.
 */
export async function downloadAttachment(
  connection: Connection,
  id: string,
  position: number,
): Promise<boolean> {
  const result = await requestAttachment(connection.client, id, position);
  const href = result.ok ? capabilityHref(connection.client, result.value) : null;
  if (href === null) return false;
  const link = document.createElement('a');
  link.href = href;
  link.target = '_blank';
  link.rel = 'noopener noreferrer';
  link.download = '';
  link.click();
  return true;
}
