// Letters that Unicode does not take apart.
const spelledOut: Record<string, string> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  ß: 'ss',
  ł: 'l',
  đ: 'd',
  ð: 'd',
  þ: 'th',
  ı: 'i',
  '’': "'",
};

// oxlint-disable-next-line no-control-regex -- everything that needs no folding but for case and white space
const plain = /^[\u0000-\u007f]*$/;

/**
 * The text by which emails are sorted and searched: without accents, compatibility forms (ﬁ, ½, ①) and case, white space
 * as single blanks. Everybody who sorts or searches folds with this; no collation of a database does.
 */
export function foldText(text: string): string {
  const bare = plain.test(text)
    ? text.toLowerCase()
    : text
        .normalize('NFKD')
        .replaceAll(/\p{M}/gu, '')
        .toLowerCase()
        // Lower case of some capitals brings marks of its own.
        .replaceAll(/\p{M}/gu, '')
        .replaceAll(/[æœøßłđðþı’]/g, (letter) => spelledOut[letter] ?? letter);
  return bare.replaceAll(/\s+/g, ' ').trim();
}

/**
 * A mail server's reply without what differs from one email to the next (addresses, queue ids, host names with numbers,
 * long numbers), folded: replies that say the same become the same. Codes such as `550 5.1.1` stay.
 */
export function foldReply(reply: string): string {
  return foldText(reply)
    .replaceAll(/[^\s<>"'()[\]{},;:=]+@[^\s<>"'()[\]{},;:=]+/g, '…')
    .replaceAll(/[^\s<>"'()[\]{},;:=]*\d[^\s<>"'()[\]{},;:=]*/g, (word) => (keeps(word) ? word : '…'))
    .replace(/^(.{300}).*$/su, '$1');
}

/** Codes of SMTP, and numbers of up to three digits: limits and minutes. */
function keeps(word: string): boolean {
  return /^#?[245]\.\d{1,3}\.\d{1,3}[.-]?$|^\d{1,3}[.%-]?$/.test(word);
}
