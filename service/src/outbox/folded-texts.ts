import { foldText, type EmailSubmission } from '@portal-outbox/contracts';

/**
 * What an email is sorted and searched by: subject, first recipient, sender, packet, then every other recipient. The
 * list's tables are filled from it once the email enters the list, which healthy mail never does.
 */
export function foldedTexts({
  subject,
  to,
  cc,
  bcc,
  from,
  packet,
}: Pick<EmailSubmission, 'subject' | 'to' | 'cc' | 'bcc' | 'from' | 'packet'>): string[] {
  const [first = '', ...others] = [...to, ...cc, ...bcc].map(foldMailbox);
  return [foldText(subject), first, foldMailbox(from), foldText(packet?.ref ?? ''), ...others];
}

function foldMailbox({ name, address }: { name: string; address: string }): string {
  // Some characters unfold into many.
  return foldText(`${name} ${address}`).replace(/^(.{500}).*$/su, '$1');
}
