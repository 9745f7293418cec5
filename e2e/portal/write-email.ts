import { ServiceProblem, type EmailDraft } from '../stack/portal-client.ts';
import type { BackEnd } from './back-end.ts';
import { packetByRef } from './seed/packets.ts';
import { addressOf, type Person } from './seed/people.ts';
import type { ConnectorIds } from './submit-letter.ts';

export interface WriteEmailContext {
  backEnd: BackEnd;
  connectors: ConnectorIds;
}

/** What became of it; `problem` says why the service did not take it. */
export type WrittenEmail = { taken: true; id: string } | { taken: false; problem: string };

/** Hands over what the dialog "Write an email" sent: `to` (commas between), subject, text, importance, packet, later, attachment. */
export async function submitWritten(
  context: WriteEmailContext,
  author: Person,
  form: FormData,
): Promise<WrittenEmail> {
  const client = context.backEnd();
  const field = (name: string) => {
    const value = form.get(name);
    return typeof value === 'string' ? value : '';
  };
  const packet = packetByRef(field('packet'));
  try {
    const files = form.getAll('attachment').filter((it) => it instanceof File && it.name !== '') as File[];
    const attachments = await Promise.all(
      files.map(async (file) => ({
        id: (await client.uploadAttachment(new Uint8Array(await file.arrayBuffer()))).id,
        fileName: file.name,
        contentType: file.type || 'application/octet-stream',
      })),
    );
    const draft: EmailDraft = {
      connectorId: context.connectors.sales,
      authorId: author.id,
      from: addressOf(author),
      to: field('to')
        .split(/[,;]/)
        .map((address) => address.trim())
        .filter((address) => address !== '')
        .map((address) => ({ address })),
      subject: field('subject'),
      text: field('text'),
      importance: importanceOf(field('importance')),
      ...(packet && { packet: { ref: packet.ref, type: packet.type } }),
      ...(field('later') !== '' && { sendAt: field('later') }),
      attachments,
    };
    const [id] = await client.submit([draft]);
    return { taken: true, id: id! };
  } catch (error) {
    if (error instanceof ServiceProblem) return { taken: false, problem: wordsOf(error) };
    throw error;
  }
}

function importanceOf(text: string): 'high' | 'normal' | 'low' {
  return text === 'high' || text === 'low' ? text : 'normal';
}

/** The service's own words, and the fields it names. */
export function wordsOf({ problem }: ServiceProblem): string {
  const fields = (problem.fields ?? []).map(({ field, detail }) => `${field}: ${detail}`);
  return fields.length > 0 ? fields.join(' ') : problem.detail;
}
