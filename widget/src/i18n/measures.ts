import type { Locale } from './locale.ts';

const minute = 60_000;

/** "340ms", "2.4s", "3m". */
export function duration(milliseconds: number, locale: Locale): string {
  if (milliseconds < 1000) return measure(locale, milliseconds, 'millisecond', 0, 'narrow');
  if (milliseconds < minute) return measure(locale, milliseconds / 1000, 'second', 1, 'narrow');
  return measure(locale, milliseconds / minute, 'minute', 0, 'narrow');
}

/** "340 bytes", "2 kB", "2.4 MB". */
export function fileSize(bytes: number, locale: Locale): string {
  if (bytes < 1000) return measure(locale, bytes, 'byte', 0, 'long');
  if (bytes < 1_000_000) return measure(locale, bytes / 1000, 'kilobyte', 0, 'short');
  return measure(locale, bytes / 1_000_000, 'megabyte', 1, 'short');
}

function measure(
  { tag }: Locale,
  value: number,
  unit: string,
  maximumFractionDigits: number,
  unitDisplay: 'long' | 'short' | 'narrow',
): string {
  return new Intl.NumberFormat(tag, { style: 'unit', unit, unitDisplay, maximumFractionDigits }).format(
    value,
  );
}
