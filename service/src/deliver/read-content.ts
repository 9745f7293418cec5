import { createHash } from 'node:crypto';
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
  const hash = createHash('sha256');
  let size = 0;
  for await (const chunk of chunksOf(content, signal)) {
    size += chunk.length;
    if (size > content.size) break;
    hash.update(chunk);
    yield chunk;
  }
  if (size !== content.size)
    throw new ContentUnavailable(`expected ${content.size} bytes, read ${size} or more`);
  if (hash.digest('hex') !== content.sha256.toLowerCase()) throw new ContentUnavailable('SHA-256 differs');
  onVerified();
}

/** The whole of a text part. */
export async function readText(
  content: ClaimedContent,
  signal: AbortSignal,
  onVerified: () => void,
): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of readContent(content, signal, onVerified)) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

async function* chunksOf(content: ClaimedContent, signal: AbortSignal): AsyncGenerator<Buffer> {
  const { source } = content;
  if (source.kind === 'inline') {
    const bytes = Buffer.from(source.base64, 'base64');
    if (bytes.length > 0) yield bytes;
    return;
  }
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
