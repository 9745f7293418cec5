import { css } from 'lit';

/**
 * Colours and measures. Each is a custom property that a host may set on the element or above it; light and
 * dark follow the element's `color-scheme`, which its `theme` attribute sets and which else is inherited.
 */
export const tokens = css`
  :host([theme='light']) {
    color-scheme: light;
  }
  :host([theme='dark']) {
    color-scheme: dark;
  }
  :host {
    --_background: var(--outbox-background, light-dark(#ffffff, #16171b));
    --_raised: var(--outbox-raised, light-dark(#ffffff, #1f2026));
    --_subtle: var(--outbox-subtle, light-dark(#f6f6f8, #1c1d22));
    --_hover: var(--outbox-hover, light-dark(#f6f7f9, #1d1f25));
    --_selected: var(--outbox-selected, light-dark(#eef0fc, #25283a));
    --_border: var(--outbox-border, light-dark(#e7e8ec, #2a2c33));
    --_border-strong: var(--outbox-border-strong, light-dark(#d3d5db, #3a3d46));
    --_text: var(--outbox-text, light-dark(#1b1c20, #e8e9ec));
    --_muted: var(--outbox-muted, light-dark(#5f626b, #9da0aa));
    --_accent: var(--outbox-accent, light-dark(#4a54c9, #98a0fb));
    --_on-accent: var(--outbox-on-accent, light-dark(#ffffff, #14151c));
    --_failed: var(--outbox-failed, light-dark(#c3262d, #ff8086));
    --_disabled: var(--outbox-disabled, light-dark(#8f5400, #eeb261));
    --_retry: var(--outbox-retry, light-dark(#1f62c4, #82b3ff));
    --_queued: var(--outbox-queued, light-dark(#5f626b, #9da0aa));
    --_doubt: var(--outbox-doubt, light-dark(#7a35d6, #bfa3ff));
    --_live: var(--outbox-live, light-dark(#17803d, #4cc47a));
    --_radius: var(--outbox-radius, 6px);
    --_row-height: var(--outbox-row-height, calc(38em / 13));
    --_shadow:
      0 1px 2px light-dark(rgb(20 22 40 / 6%), rgb(0 0 0 / 40%)),
      0 8px 28px light-dark(rgb(20 22 40 / 14%), rgb(0 0 0 / 50%));
    color: var(--_text);
    font-size: var(--outbox-font-size, 0.8125rem);
    line-height: 1.45;
    -webkit-text-size-adjust: 100%;
    text-size-adjust: 100%;
  }
  *,
  *::before,
  *::after {
    box-sizing: border-box;
  }
  :focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: 1px;
  }
  .visually-hidden {
    position: absolute;
    width: 1px;
    height: 1px;
    margin: -1px;
    overflow: hidden;
    clip-path: inset(50%);
    white-space: nowrap;
  }
  @media (prefers-reduced-motion: reduce) {
    *,
    *::before,
    *::after {
      animation-duration: 0.01ms !important;
      animation-iteration-count: 1 !important;
      transition-duration: 0.01ms !important;
    }
  }
`;
