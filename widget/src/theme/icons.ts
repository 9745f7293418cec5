import { html, svg, type TemplateResult } from 'lit';

/** 16 × 16 line drawings; they take the colour of the text and say nothing to a screen reader. */
const drawings = {
  failed: svg`<circle cx="8" cy="8" r="6.25"/><path d="m5.9 5.9 4.2 4.2m0-4.2-4.2 4.2"/>`,
  doubt: svg`<circle cx="8" cy="8" r="6.25"/><path d="M6.3 6.4a1.75 1.75 0 1 1 2.6 1.5c-.6.4-.9.7-.9 1.3M8 11.2v.01"/>`,
  disabled: svg`<path d="M6 1.75v3m4-3v3M4.25 4.75h7.5v2.5a3.75 3.75 0 0 1-7.5 0zM8 11v3.25"/>`,
  retry: svg`<path d="M13.5 8a5.5 5.5 0 1 1-1.7-4l1.7 1.6m0-3.6v3.6H9.9"/>`,
  queued: svg`<circle cx="8" cy="8" r="6.25"/><path d="M8 4.5V8l2.4 1.6"/>`,
  cancel: svg`<circle cx="8" cy="8" r="6.25"/><path d="m3.7 3.7 8.6 8.6"/>`,
  close: svg`<path d="m4 4 8 8m0-8-8 8"/>`,
  back: svg`<path d="M9.5 3.5 5 8l4.5 4.5"/>`,
  first: svg`<path d="M11.5 3.5 7 8l4.5 4.5M4.5 3.5v9"/>`,
  previous: svg`<path d="M9.5 3.5 5 8l4.5 4.5"/>`,
  last: svg`<path d="M4.5 3.5 9 8l-4.5 4.5m7-9v9"/>`,
  search: svg`<circle cx="7" cy="7" r="4.5"/><path d="m10.4 10.4 3.3 3.3"/>`,
  filter: svg`<path d="M2 4h12M4.5 8h7M7 12h2"/>`,
  settings: svg`<path d="M2 4.5h7m3 0h2M2 11.5h2m3 0h7"/><circle cx="10.5" cy="4.5" r="1.5"/><circle cx="5.5" cy="11.5" r="1.5"/>`,
  next: svg`<path d="M6.5 3.5 11 8l-4.5 4.5"/>`,
  high: svg`<path d="M8 12.5v-9M4.5 7 8 3.5 11.5 7"/>`,
  low: svg`<path d="M8 3.5v9M4.5 9 8 12.5 11.5 9"/>`,
  down: svg`<path d="M8 3.5v9M4.5 9 8 12.5 11.5 9"/>`,
  up: svg`<path d="M8 12.5v-9M4.5 7 8 3.5 11.5 7"/>`,
  send: svg`<path d="M14 2 7.3 8.7M14 2 9.7 14l-2.4-5.3L2 6.3z"/>`,
  attachment: svg`<path d="m13.2 7.4-5.4 5.4a3.2 3.2 0 0 1-4.6-4.5l5.5-5.5a2.1 2.1 0 0 1 3 3L6.3 11.2a1 1 0 0 1-1.5-1.5l5-5"/>`,
  done: svg`<path d="m3 8.5 3.3 3.3L13 5"/>`,
  warning: svg`<path d="M8 2.2 14.5 13.5h-13zM8 6.5v3.2m0 1.9v.01"/>`,
  inbox: svg`<path d="M2 9.5 4.2 3.5h7.6L14 9.5v3a1 1 0 0 1-1 1H3a1 1 0 0 1-1-1zm0 0h3.5a2.5 2.5 0 0 0 5 0H14"/>`,
} as const;

export type IconName = keyof typeof drawings;

export function icon(name: IconName): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
    ${drawings[name]}
  </svg>`;
}
