import { createHash } from 'node:crypto';
import { limits } from '@portal-outbox/contracts';
import type { Sql } from './database.ts';

const chunkBytes = 256 * 1024;

export interface StoredAttachment {
  id: string;
  size: number;
  sha256: string;
}

/**
 * Streams a body into chunk rows, one statement each, so that a slow upload holds no connection. Its hash, written last,
 * makes it an attachment. `null` when it has more than `limits.attachmentBytes`.
 */
export async function storeAttachment(
  sql: Sql,
  portalId: string,
  id: string,
  body: AsyncIterable<Uint8Array>,
): Promise<StoredAttachment | null> {
  const hash = createHash('sha256');
  let size = 0;
  let position = 0;
  await sql`insert into attachment (id, portal_id, size) values (${id}, ${portalId}, 0)`;
  try {
    for await (const chunk of inChunks(body)) {
      size += chunk.length;
      if (size > limits.attachmentBytes) {
        await removeAttachment(sql, id);
        return null;
      }
      hash.update(chunk);
      await sql`insert into attachment_chunk (attachment_id, position, bytes) values (${id}, ${position}, ${chunk})`;
      position += 1;
    }
  } catch (error) {
    await removeAttachment(sql, id).catch(() => undefined);
    throw error;
  }
  const sha256 = hash.digest('hex');
  await sql`update attachment set size = ${size}, sha256 = ${sha256} where id = ${id}`;
  return { id, size, sha256 };
}

async function removeAttachment(sql: Sql, id: string): Promise<void> {
  await sql`delete from attachment where id = ${id}`;
}

async function* inChunks(body: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
  let held: Buffer[] = [];
  let bytes = 0;
  for await (const piece of body) {
    held.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength));
    bytes += piece.byteLength;
    while (bytes >= chunkBytes) {
      const all = Buffer.concat(held);
      yield all.subarray(0, chunkBytes);
      held = [all.subarray(chunkBytes)];
      bytes -= chunkBytes;
    }
  }
  if (bytes > 0) yield Buffer.concat(held);
}

/** The bytes of an attachment, chunk by chunk. */
export async function* readAttachment(sql: Sql, id: string): AsyncGenerator<Uint8Array> {
  for (let position = 0; ; position += 1) {
    const [row] = await sql<{ bytes: Buffer }[]>`
      select bytes from attachment_chunk where attachment_id = ${id} and position = ${position}`;
    if (row === undefined) return;
    yield row.bytes;
  }
}

export interface EmailAttachment {
  attachmentId: string;
  fileName: string;
  contentType: string;
  contentId: string | null;
  size: number;
}

/** The attachment at a place of an email: of this portal, or of any (`null`) for a worker's signed URL. */
export async function findAttachment(
  sql: Sql,
  portalId: string | null,
  emailId: string,
  position: number,
): Promise<EmailAttachment | null> {
  const [row] = await sql<EmailAttachment[]>`
    select ea.attachment_id as "attachmentId", ea.file_name as "fileName", ea.content_type as "contentType",
           ea.content_id as "contentId", a.size
    from email_attachment ea join attachment a on a.id = ea.attachment_id
    where ea.email_id = ${emailId} and ea.position = ${position}
      and (${portalId}::uuid is null or a.portal_id = ${portalId}::uuid)`;
  return row ?? null;
}

/** The inline images of an email, for its preview. */
export async function inlineImages(
  sql: Sql,
  portalId: string,
  emailId: string,
): Promise<{ contentId: string; position: number; contentType: string }[]> {
  return sql<{ contentId: string; position: number; contentType: string }[]>`
    select ea.content_id as "contentId", ea.position, ea.content_type as "contentType"
    from email_attachment ea join attachment a on a.id = ea.attachment_id
    where ea.email_id = ${emailId} and a.portal_id = ${portalId} and ea.content_id is not null
    order by ea.position`;
}

/** Removes attachments that no email names, a day after their upload. Returns how many. */
export async function removeUnusedAttachments(sql: Sql): Promise<number> {
  const removed = await sql`
    delete from attachment a
    where a.created_at < now() - interval '24 hours'
      and not exists (select from email_attachment ea where ea.attachment_id = a.id)`;
  return removed.count;
}
