import { createHash } from 'node:crypto';
import { buffer as readWhole } from 'node:stream/consumers';
import { limits, type ClaimedContent, type ClaimedMessage } from '@portal-outbox/contracts';
import { readAttachment } from '../db/attachments.ts';
import type { ClaimedContentRow } from '../db/claimed-content.ts';
import type { Database } from '../db/database.ts';
import type { CapabilityTokens } from '../runtime/capability-token.ts';

/** How long a worker may take to fetch a part. */
const contentSeconds = 15 * 60;

/** What a worker gets with a claim: small parts in the answer itself, large ones as signed URLs. */
export class ClaimedMessages {
  readonly #database: Database;
  readonly #tokens: CapabilityTokens;
  readonly #contentUrl: string;

  constructor(database: Database, tokens: CapabilityTokens, contentUrl: string) {
    this.#database = database;
    this.#tokens = tokens;
    this.#contentUrl = contentUrl.replace(/\/$/, '');
  }

  async of(row: ClaimedContentRow): Promise<ClaimedMessage> {
    let budget: number = limits.inlineContentBytes;
    /** Whether a part of so many bytes still fits into the answer. */
    const fits = (size: number): boolean => {
      if (size > budget) return false;
      budget -= size;
      return true;
    };
    const body = async (part: 'text' | 'html'): Promise<ClaimedContent | null> => {
      const text = row[part];
      if (text === null) return null;
      const bytes = Buffer.from(text, 'utf8');
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      const source = fits(bytes.length) ? inlineText(text, bytes) : await this.#url(row.emailId, part);
      return { size: bytes.length, sha256, source };
    };
    const text = await body('text');
    const html = await body('html');
    const attachments: ClaimedMessage['attachments'] = [];
    for (const {
      attachmentId,
      position,
      size,
      sha256,
      fileName,
      contentType,
      contentId,
    } of row.attachments) {
      const source = fits(size)
        ? inline(await readWhole(readAttachment(this.#database, attachmentId)))
        : await this.#url(row.emailId, 'attachment', position);
      attachments.push({ fileName, contentType, contentId, content: { size, sha256, source } });
    }
    const to = row.recipients
      .filter((it) => it.kind === 'to')
      .map(({ name, address }) => ({ name, address }));
    const cc = row.recipients
      .filter((it) => it.kind === 'cc')
      .map(({ name, address }) => ({ name, address }));
    return {
      messageId: row.messageId,
      date: row.date.toISOString(),
      from: row.from,
      replyTo: row.replyTo,
      to,
      cc,
      subject: row.subject,
      importance: row.importance,
      inReplyTo: row.inReplyTo,
      references: row.references,
      text,
      html,
      attachments,
    };
  }

  async #url(
    emailId: string,
    part: 'text' | 'html' | 'attachment',
    position = 0,
  ): Promise<ClaimedContent['source']> {
    const token = await this.#tokens.issue('content', { emailId, part, position }, contentSeconds);
    return { kind: 'url', url: `${this.#contentUrl}/v1/content/${token}` };
  }
}

/** As it is, unless escaping would make it larger than base64 does. */
function inlineText(text: string, bytes: Buffer): ClaimedContent['source'] {
  // oxlint-disable-next-line no-control-regex -- JSON escapes these at length
  const escaped = text.match(/[\u0000-\u001f"\\]/g)?.length ?? 0;
  return escaped * 20 <= bytes.length ? { kind: 'text', text } : inline(bytes);
}

function inline(bytes: Buffer): ClaimedContent['source'] {
  return { kind: 'inline', base64: bytes.toString('base64') };
}
