import { raw } from 'hono/html';

/** Line icons on a 20 × 20 field, drawn with the text's colour. */
const paths = {
  search: 'M9 3.5a5.5 5.5 0 1 0 0 11 5.5 5.5 0 0 0 0-11ZM13 13l4 4',
  pen: 'M4 16l.8-3.4L13.6 3.8a1.4 1.4 0 0 1 2 0l.6.6a1.4 1.4 0 0 1 0 2L7.4 15.2 4 16Zm8.2-10.8 2.6 2.6',
  chevron: 'M6 8l4 4 4-4',
  home: 'M3.5 9.5 10 4l6.5 5.5V16a.5.5 0 0 1-.5.5h-4V12H8v4.5H4a.5.5 0 0 1-.5-.5V9.5Z',
  ticket: 'M3 6.5h14v2.3a1.7 1.7 0 0 0 0 3.4v2.3H3v-2.3a1.7 1.7 0 0 0 0-3.4V6.5Zm9 0v8',
  case: 'M3 7h14v9H3V7Zm4 0V5a1 1 0 0 1 1-1h4a1 1 0 0 1 1 1v2M3 11h14',
  action: 'M5 4h10a1 1 0 0 1 1 1v10a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V5a1 1 0 0 1 1-1Zm2.5 6 2 2 3.5-4',
  inbox: 'M3 12l2.5-7h9L17 12v4H3v-4Zm0 0h4l1 2h4l1-2h4',
  outbox: 'M3 12l2-4m12 4-2-4M3 12v4h14v-4h-4l-1 2H8l-1-2H3Zm7-1V3.5m0 0L7.2 6.3M10 3.5l2.8 2.8',
  server: 'M4 4h12v5H4V4Zm0 7h12v5H4v-5Zm2.5-4.5h.01M6.5 13.5h.01M10 6.5h3.5M10 13.5h3.5',
  close: 'M5 5l10 10M15 5 5 15',
  collapse: 'M8 5l5 5-5 5',
} as const;
export type IconName = keyof typeof paths;

export const icon = (name: IconName) =>
  raw(`<svg class="icon" viewBox="0 0 20 20" aria-hidden="true"><path d="${paths[name]}"/></svg>`);
