import { createHash } from 'node:crypto';
import { ServiceProblem } from '../stack/portal-client.ts';
import type { BackEnd } from './back-end.ts';
import { readEmailDraft } from './read-email-draft.ts';
import { readMailFiles, type MailFile } from './read-mail-files.ts';
import { wordsOf } from './write-email.ts';

/** What became of one message. */
export type ImportedFile =
  | { name: string; done: true; id: string }
  /** `reason`: what the service said about it, or why it could not be read. */
  | { name: string; done: false; reason: string };

export interface MailImport {
  /** A folder (searched for .eml files, sub-folders too), one .eml file or one mbox file. */
  path: string;
  backEnd: BackEnd;
  connectorId: string;
  /** The user in the directory whose emails they become. */
  authorId: string;
  onFile?: ((file: ImportedFile) => void) | undefined;
  /** Stops between two messages. */
  signal?: AbortSignal;
}

/**
 * Submits every message as an outgoing email. One that the service does not take is reported and left out; the
 * others go on. The same message again submits nothing twice: its key is the hash of its content.
 */
export async function importMail(options: MailImport): Promise<{ done: number; skipped: number }> {
  const total = { done: 0, skipped: 0 };
  for await (const file of readMailFiles(options.path)) {
    if (options.signal?.aborted) break;
    const result = await importFile(file, options);
    if (result.done) total.done += 1;
    else total.skipped += 1;
    options.onFile?.(result);
  }
  return total;
}

async function importFile(file: MailFile, options: MailImport): Promise<ImportedFile> {
  const { name } = file;
  if ('problem' in file) return { name, done: false, reason: file.problem };
  try {
    const client = options.backEnd();
    const { attachments, ...draft } = await readEmailDraft(file.content);
    const uploaded = [];
    for (const { bytes, ...named } of attachments) {
      uploaded.push({ id: (await client.uploadAttachment(bytes)).id, ...named });
    }
    const [id] = await client.submit(
      [{ ...draft, connectorId: options.connectorId, authorId: options.authorId, attachments: uploaded }],
      keyOf(file.content),
    );
    return { name, done: true, id: id! };
  } catch (error) {
    return { name, done: false, reason: reasonOf(error) };
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof ServiceProblem)) return error instanceof Error ? error.message : String(error);
  // The key is the content's hash: whoever used it has handed over this very message.
  return error.problem.code === 'idempotency_key_reused' ? 'Handed over before.' : wordsOf(error);
}

function keyOf(content: Uint8Array): string {
  return `mail-import-${createHash('sha256').update(content).digest('hex')}`;
}
