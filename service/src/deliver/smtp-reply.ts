import { limits } from '@portal-outbox/contracts';

/** A mail server's reply, taken apart. Its words are hostile: cleaned and cut, still never to be trusted as markup. */
export interface SmtpReply {
  /** Three digits, 200 to 599. */
  code: number;
  /** RFC 3463, only where it is of the same class as the code (RFC 2034 4). */
  enhancedCode: string | null;
  /** One line, no control characters, at most `limits.replyCharacters`. */
  text: string;
}

/** `null` when the words are not an SMTP reply at all (RFC 5321 4.2). */
export function parseSmtpReply(raw: string): SmtpReply | null {
  const match = /^([2-5]\d\d)(?:[ -]|$)/.exec(raw);
  if (!match) return null;
  const enhancedCode = /^\d{3}[ -]+([245]\.\d{1,3}\.\d{1,3})(?=\s|$)/.exec(raw)?.[1] ?? null;
  const sameClass = enhancedCode !== null && enhancedCode[0] === raw[0];
  return { code: Number(match[1]), enhancedCode: sameClass ? enhancedCode : null, text: cleanReply(raw) };
}

/** One readable line: continuation lines lose the codes that they repeat. */
export function cleanReply(raw: string): string {
  const joined = raw
    // A hostile server may send a megabyte; what is cut off below need not be cleaned.
    .slice(0, limits.replyCharacters * 4)
    .split(/\r?\n/)
    .map((line, index) =>
      index === 0 ? line : line.replace(/^\d{3}[ -](?:[245]\.\d{1,3}\.\d{1,3}\s)?/, ' '),
    )
    .join('')
    .replace(/^(\d{3})-/, '$1 ')
    // oxlint-disable-next-line no-control-regex -- removing control characters is the purpose
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  // Cut by UTF-16 units as the contract counts; a pair cut in half becomes U+FFFD instead of a lone surrogate.
  return joined.toWellFormed().slice(0, limits.replyCharacters).toWellFormed();
}
