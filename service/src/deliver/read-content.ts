import { createHash, type Hash } from 'node:crypto';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import type { ClaimedContent } from '@portal-outbox/contracts';

/** The bytes of a part could not be had, or are not the ones that were promised. */
export class ContentUnavailable extends Error {
  override readonly name = 'ContentUnavailable';
}

/** A server that sends nothing for so long has given up. */
const stallMs = 30_000;

/**
 * The bytes of one part. Ends only after their length and SHA-256 were found right; otherwise it breaks with
 * `ContentUnavailable`. `signal` ends the transfer.
 */
export async function* readContent(
  content: ClaimedContent,
  signal: AbortSignal,
  onVerified: () => void = () => {},
): AsyncGenerator<Buffer> {
  const atHand = bytesAtHand(content);
  if (atHand !== null) {
    if (atHand.length > 0) yield atHand;
    onVerified();
    return;
  }
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of fetchBytes(content.source, signal)) {
    size += chunk.length;
    if (size > content.size) break;
    hash.update(chunk);
    yield chunk;
  }
  if (size !== content.size)
    throw new ContentUnavailable(`expected ${content.size} bytes, read ${size} or more`);
  assertHash(hash, content.sha256);
  onVerified();
}

/** The bytes of a part that came with the claim, verified; `null`: they are somewhere else. */
export function bytesAtHand({ source, size, sha256 }: ClaimedContent): Buffer | null {
  if (source.kind === 'url') return null;
  const bytes = source.kind === 'text' ? Buffer.from(source.text) : Buffer.from(source.base64, 'base64');
  if (bytes.length !== size) throw new ContentUnavailable(`expected ${size} bytes, got ${bytes.length}`);
  assertHash(createHash('sha256').update(bytes), sha256);
  return bytes;
}

/** The whole of a text part. */
export async function readText(content: ClaimedContent, signal: AbortSignal): Promise<string> {
  const atHand = bytesAtHand(content);
  if (atHand !== null) return atHand.toString('utf8');
  const chunks: Buffer[] = [];
  for await (const chunk of readContent(content, signal)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function assertHash(hash: Hash, sha256: string): void {
  if (hash.digest('hex') !== sha256.toLowerCase()) throw new ContentUnavailable('SHA-256 differs');
}

async function* fetchBytes(source: ClaimedContent['source'], signal: AbortSignal): AsyncGenerator<Buffer> {
  if (source.kind !== 'url') return;
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), stallMs);
  try {
    const response = await fetch(source.url, {
      signal: AbortSignal.any([signal, stalled.signal]),
      redirect: 'error',
    });
    if (response.status !== 200 || !response.body) {
      await response.body?.cancel();
      throw new ContentUnavailable(`answered ${response.status}`);
    }
    for await (const chunk of Readable.fromWeb(response.body as ReadableStream)) {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), stallMs);
      yield Buffer.from(chunk as Uint8Array);
    }
  } catch (error) {
    if (error instanceof ContentUnavailable) throw error;
    throw new ContentUnavailable('could not be fetched', { cause: error });
  } finally {
    clearTimeout(timer);
  }
}
