import { css } from 'lit';

/** Buttons, links and selects, the same in page and popup. */
export const controls = css`
  button,
  select {
    margin: 0;
    color: inherit;
    font: inherit;
    letter-spacing: inherit;
  }
  button {
    padding: 0;
    border: 0;
    background: none;
    text-align: start;
    cursor: pointer;
  }
  button[aria-disabled='true'] {
    cursor: default;
  }
  .button {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 6px;
    height: 30px;
    padding-inline: 10px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: var(--_raised);
    font-weight: 500;
    white-space: nowrap;
  }
  .button:not([aria-disabled='true']):hover {
    background: var(--_hover);
  }
  .button.primary {
    border-color: transparent;
    background: var(--_accent);
    color: var(--_on-accent);
  }
  .button.primary:not([aria-disabled='true']):hover {
    background: color-mix(in oklab, var(--_accent) 88%, var(--_text));
  }
  .button[aria-disabled='true'] {
    border-color: var(--_border);
    background: none;
    color: var(--_muted);
    opacity: 0.7;
  }
  .icon-button {
    display: inline-grid;
    flex: none;
    place-items: center;
    width: 28px;
    height: 28px;
    border-radius: var(--_radius);
    color: var(--_muted);
  }
  .icon-button:not([aria-disabled='true']):hover {
    background: color-mix(in srgb, var(--_text) 8%, transparent);
    color: var(--_text);
  }
  .icon-button[aria-disabled='true'] {
    opacity: 0.35;
  }
  .icon-button[aria-busy='true'] {
    opacity: 1;
  }
  [aria-busy='true'] > .icon {
    animation: outbox-turn 0.9s linear infinite;
  }
  @keyframes outbox-turn {
    to {
      transform: rotate(1turn);
    }
  }
  .icon {
    display: block;
    flex: none;
    width: 16px;
    height: 16px;
    fill: none;
    stroke: currentcolor;
    stroke-linecap: round;
    stroke-linejoin: round;
    stroke-width: 1.5;
  }
  select {
    height: 28px;
    padding-inline: 6px 2px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: var(--_raised);
    font-variant-numeric: tabular-nums;
  }
  @media (pointer: coarse) {
    .icon-button {
      width: 36px;
      height: 36px;
    }
    .button,
    select {
      height: 36px;
    }
  }
`;
