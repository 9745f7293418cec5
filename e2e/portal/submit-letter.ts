import type { SmtpSink } from '../stack/smtp-sink.ts';
import type { EmailDraft, PortalClient } from '../stack/portal-client.ts';
import { parseMailbox, type Letter } from './seed/letter.ts';
import { packetByRef } from './seed/packets.ts';
import { addressOf, personById } from './seed/people.ts';

/** Ids of the demo's connectors. */
export type ConnectorIds = Readonly<Record<Letter['connector'], string>>;

/** Uploads a letter's files, tells the mail server how to answer it, and submits it. Returns the email's id. */
export async function submitLetter(
  client: PortalClient,
  connectors: ConnectorIds,
  sink: SmtpSink | null,
  letter: Letter,
): Promise<string> {
  const attachments = await Promise.all(
    (letter.files ?? []).map(async ({ bytes, ...named }) => ({
      id: (await client.uploadAttachment(bytes)).id,
      ...named,
    })),
  );
  scriptAnswer(sink, letter);
  const [id] = await client.submit([{ ...draftOf(letter, connectors[letter.connector]), attachments }]);
  return id!;
}

function draftOf(letter: Letter, connectorId: string): EmailDraft {
  const packet = letter.packetRef === undefined ? undefined : packetByRef(letter.packetRef);
  return {
    connectorId,
    authorId: letter.authorId,
    from:
      letter.authorId === null
        ? { name: 'Meridian Service Desk', address: 'service.desk@meridian.example' }
        : addressOf(personById(letter.authorId)),
    to: letter.to.map(parseMailbox),
    cc: (letter.cc ?? []).map(parseMailbox),
    bcc: (letter.bcc ?? []).map(parseMailbox),
    subject: letter.subject,
    text: letter.text,
    ...(letter.html !== undefined && { html: letter.html }),
    ...(letter.importance && { importance: letter.importance }),
    ...(packet && { packet: { ref: packet.ref, type: packet.type } }),
    ...(letter.dueInMinutes !== undefined && {
      sendAt: new Date(Date.now() + letter.dueInMinutes * 60_000).toISOString(),
    }),
  };
}

function scriptAnswer(sink: SmtpSink | null, letter: Letter): void {
  const { answer } = letter;
  if (sink === null || !answer) return;
  const addresses = new Set((answer.recipients ?? letter.to).map((it) => parseMailbox(it).address));
  sink.script({
    phase: answer.phase,
    recipient: (address) => addresses.has(address),
    ...(answer.reply === null ? { action: 'drop' } : { reply: answer.reply }),
    ...(answer.times !== undefined && { times: answer.times }),
  });
}
