import { css } from 'lit';

/** Of the bars that come with the page's tools. */
export const toolStyles = css`
  .tokens,
  .selection-bar,
  .bulk-line {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px 12px;
    padding: 8px 20px;
  }
  .tokens {
    flex-wrap: wrap;
    gap: 6px;
    padding-block: 6px;
    border-block-end: 1px solid var(--_border);
  }
  .token {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    max-width: 100%;
    height: 26px;
    padding-inline: 9px 6px;
    border-radius: var(--_radius);
    background: var(--_subtle);
  }
  .token:hover {
    background: var(--_selected);
  }
  .token bdi {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .token-name {
    flex: none;
    color: var(--_muted);
  }
  .token .icon {
    width: 12px;
    height: 12px;
    color: var(--_muted);
  }
  .selection-bar {
    min-height: 46px;
    padding-block: 6px;
    padding-inline-start: 12px;
    border-block-start: 1px solid var(--_border);
    background: var(--_selected);
    flex-wrap: wrap;
    font-variant-numeric: tabular-nums;
  }
  .selected-count {
    font-weight: 500;
  }
  .selection-actions {
    display: flex;
    gap: 8px;
    margin-inline-start: auto;
  }
  .bulk-lines {
    flex: none;
    max-height: 40%;
    overflow: hidden auto;
    border-block-start: 1px solid var(--_border);
    background: var(--_subtle);
    font-variant-numeric: tabular-nums;
  }
  .bulk-line {
    flex-wrap: wrap;
    gap: 4px 8px;
    min-height: 42px;
    padding-block: 4px;
    padding-inline-end: 12px;
  }
  .bulk-line + .bulk-line {
    border-block-start: 1px solid var(--_border);
  }
  .bulk-text {
    flex: 1;
    min-width: min(14rem, 100%);
  }
  .bulk-skipped {
    color: var(--_muted);
  }
  .sign-done {
    color: var(--_live);
  }
  .sign-failed {
    color: var(--_failed);
  }
  .sign-queued {
    color: var(--_queued);
  }
  .bulk-line progress {
    flex: 0 1 14rem;
    min-width: 5rem;
    height: 6px;
    border: 0;
    border-radius: 3px;
    appearance: none;
    overflow: hidden;
    background: var(--_border);
    accent-color: var(--_accent);
  }
  .bulk-line progress::-webkit-progress-bar {
    background: var(--_border);
  }
  .bulk-line progress::-webkit-progress-value {
    background: var(--_accent);
    transition: inline-size 0.2s;
  }
  .bulk-line progress::-moz-progress-bar {
    background: var(--_accent);
  }
  .bulk-line .button {
    height: 26px;
  }
  @container outbox-view (width < 640px) {
    .selection-actions {
      width: 100%;
    }
    .selection-actions .button {
      flex: 1;
      justify-content: center;
    }
    .tokens,
    .bulk-line {
      padding-inline: 16px;
    }
  }
  .notices {
    position: absolute;
    z-index: 3;
    inset-block-end: 14px;
    inset-inline: 0;
    display: grid;
    justify-items: center;
    gap: 8px;
    padding-inline: 16px;
    pointer-events: none;
  }
  .notice {
    display: flex;
    align-items: center;
    gap: 10px;
    max-width: min(34rem, 100%);
    min-height: 40px;
    padding-inline: 14px 6px;
    border: 1px solid var(--_border-strong);
    border-radius: calc(var(--_radius) + 2px);
    background: var(--_raised);
    box-shadow: var(--_shadow);
    pointer-events: auto;
    animation: outbox-arrive 0.2s ease-out;
  }
  .notice-subject {
    min-width: 0;
    overflow: hidden;
    color: var(--_muted);
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .notice-action {
    flex: none;
    padding: 4px 8px;
    border-radius: var(--_radius);
    color: var(--_accent);
    font-weight: 600;
  }
  .notice-action:hover {
    background: var(--_selected);
  }
  @media (pointer: coarse) {
    .token {
      height: 36px;
    }
  }
  @media (forced-colors: active) {
    .bulk-line progress {
      border: 1px solid CanvasText;
    }
  }
`;
