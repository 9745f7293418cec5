/** A text as PostgreSQL can keep it, whatever a mail server said: without NUL, half characters replaced by U+FFFD. */
export function storableText(text: string): string {
  return text.toWellFormed().replaceAll('\u0000', '');
}
