import { css } from 'lit';

export const preferencesStyles = css`
  dialog {
    position: fixed;
    inset-block: 0;
    inset-inline: auto 0;
    width: min(26rem, 100vw);
    max-width: none;
    height: 100dvh;
    max-height: none;
    margin: 0;
    padding: 0;
    border: 0;
    border-inline-start: 1px solid var(--_border);
    background: var(--_background);
    box-shadow: var(--_shadow);
    color: var(--_text);
    overflow: hidden;
  }
  dialog[open] {
    animation: outbox-open 0.16s ease-out;
  }
  dialog::backdrop {
    background: rgb(10 11 18 / 24%);
  }
  @keyframes outbox-open {
    from {
      opacity: 0;
    }
  }
  .sheet {
    display: flex;
    flex-direction: column;
    height: 100%;
  }
  .head,
  .section-head {
    display: flex;
    align-items: center;
    justify-content: space-between;
    gap: 12px;
  }
  .head {
    flex: none;
    padding: 14px 14px 12px 20px;
    padding-inline: 20px 14px;
    border-block-end: 1px solid var(--_border);
  }
  h2,
  h3 {
    margin: 0;
    font: inherit;
    font-weight: 600;
  }
  h2 {
    font-size: 1.154em;
    letter-spacing: -0.011em;
  }
  .scroll {
    flex: 1;
    min-height: 0;
    padding: 18px 20px 28px;
    overflow: hidden auto;
    overscroll-behavior: contain;
    scrollbar-color: var(--_border-strong) transparent;
  }
  .section + .section {
    margin-block-start: 28px;
  }
  .hint {
    margin: 4px 0 10px;
    color: var(--_muted);
  }
  .columns {
    margin: 0 -8px;
    padding: 0;
    list-style: none;
  }
  .column {
    display: flex;
    align-items: center;
    gap: 4px;
    min-height: 34px;
    padding-inline: 8px 4px;
    border-radius: var(--_radius);
  }
  .column:hover,
  .column:focus-within {
    background: var(--_hover);
  }
  .shown {
    display: flex;
    flex: 1;
    align-items: center;
    gap: 9px;
    min-width: 0;
    padding-block: 6px;
  }
  .shown input {
    flex: none;
    width: 15px;
    height: 15px;
    margin: 0;
    accent-color: var(--_accent);
  }
  .width {
    width: 4.75rem;
    height: 26px;
    margin-inline-end: 4px;
    padding-inline: 6px 2px;
    border: 1px solid transparent;
    border-radius: var(--_radius);
    background: none;
    color: inherit;
    font: inherit;
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  .width::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .column:hover .width,
  .column:focus-within .width {
    border-color: var(--_border-strong);
    background: var(--_raised);
  }
  .failed {
    flex: none;
    margin: 0;
    padding: 10px 20px;
    border-block-start: 1px solid var(--_border);
    color: var(--_failed);
  }
  @media (forced-colors: active) {
    .width {
      border-color: ButtonBorder;
    }
  }
`;
