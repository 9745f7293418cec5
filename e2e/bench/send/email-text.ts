/** Sizes of the text of an email, in bytes. */
export const textSizes = { '1kB': 1000, '50kB': 50_000 } as const;
export type TextSize = keyof typeof textSizes;

const words =
  'the order that you placed on Monday has left our house today and will reach you within three working days please keep this number for questions about delivery invoice guarantee or return';

/** Exactly `bytes` ASCII characters in lines as people write them; the same text every time. */
export function emailText(bytes: number): string {
  const vocabulary = words.split(' ');
  let seed = 1;
  let text = '';
  let line = '';
  while (text.length < bytes) {
    // Park and Miller: enough to keep the text from repeating.
    seed = (seed * 48_271) % 2_147_483_647;
    const word = seed % 11 === 0 ? String(seed) : (vocabulary[seed % vocabulary.length] ?? '');
    if (line.length + word.length > 70) {
      text += `${line}\r\n`;
      line = '';
    }
    line += `${word} `;
  }
  return (
    text
      .slice(0, bytes - 2)
      .trimEnd()
      .padEnd(bytes - 2, '.') + '\r\n'
  );
}
