import { html, type TemplateResult } from 'lit';

const circle = 'M8 1.75a6.25 6.25 0 1 0 0 12.5 6.25 6.25 0 0 0 0-12.5';
const up = 'M8 12.5v-9M4.5 7 8 3.5 11.5 7';
const down = 'M8 3.5v9M4.5 9 8 12.5 11.5 9';

/** 16 × 16 line drawings; they take the colour of the text and say nothing to a screen reader. */
const drawings = {
  failed: `${circle}M5.9 5.9l4.2 4.2m0-4.2-4.2 4.2`,
  doubt: `${circle}M6.3 6.4a1.75 1.75 0 1 1 2.6 1.5c-.6.4-.9.7-.9 1.3M8 11.2v.01`,
  disabled: 'M6 1.75v3m4-3v3M4.25 4.75h7.5v2.5a3.75 3.75 0 0 1-7.5 0zM8 11v3.25',
  retry: 'M13.5 8a5.5 5.5 0 1 1-1.7-4l1.7 1.6m0-3.6v3.6H9.9',
  queued: `${circle}M8 4.5V8l2.4 1.6`,
  cancel: `${circle}M3.7 3.7l8.6 8.6`,
  close: 'm4 4 8 8m0-8-8 8',
  first: 'M11.5 3.5 7 8l4.5 4.5M4.5 3.5v9',
  previous: 'M9.5 3.5 5 8l4.5 4.5',
  next: 'M6.5 3.5 11 8l-4.5 4.5',
  last: 'M4.5 3.5 9 8l-4.5 4.5m7-9v9',
  search: 'M11.5 7a4.5 4.5 0 1 0-9 0 4.5 4.5 0 0 0 9 0m-1.1 3.4 3.3 3.3',
  filter: 'M2 4h12M4.5 8h7M7 12h2',
  settings:
    'M2 4.5h7m3 0h2M2 11.5h2m3 0h7M12 4.5a1.5 1.5 0 1 0-3 0 1.5 1.5 0 0 0 3 0m-5 7a1.5 1.5 0 1 0-3 0 1.5 1.5 0 0 0 3 0',
  high: up,
  low: down,
  down,
  up,
  send: 'M14 2 7.3 8.7M14 2 9.7 14l-2.4-5.3L2 6.3z',
  attachment:
    'm13.2 7.4-5.4 5.4a3.2 3.2 0 0 1-4.6-4.5l5.5-5.5a2.1 2.1 0 0 1 3 3L6.3 11.2a1 1 0 0 1-1.5-1.5l5-5',
  done: 'm3 8.5 3.3 3.3L13 5',
  warning: 'M8 2.2 14.5 13.5h-13zM8 6.5v3.2m0 1.9v.01',
  inbox: 'M2 9.5 4.2 3.5h7.6L14 9.5v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1zm0 0h3.5a2.5 2.5 0 0 0 5 0H14',
} as const;

export type IconName = keyof typeof drawings;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true"><path d=${drawings[name]} /></svg>`;
}
