import { css } from 'lit';

export const gridStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-height: 0;
    container: outbox-grid / inline-size;
  }
  .grid {
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  .row {
    display: grid;
    grid-template-columns: var(--_columns);
    align-items: center;
    column-gap: clamp(8px, 1.3cqi, 16px);
    padding-inline: 20px 12px;
  }
  .header {
    flex: none;
    min-height: 40px;
    padding-block: 3px;
    overflow: hidden;
    border-block-end: 1px solid var(--_border);
    color: var(--_muted);
    font-size: 0.885em;
    font-weight: 500;
    scrollbar-gutter: stable;
  }
  .header .label {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    line-height: 1.2;
  }
  .header .cell-end {
    text-align: end;
  }
  .body {
    flex: 1;
    min-height: 0;
    overflow: hidden auto;
    outline: none;
    overscroll-behavior: contain;
    scrollbar-color: var(--_border-strong) transparent;
    scrollbar-gutter: stable;
  }
  .body .row {
    width: 100%;
    height: var(--_row-height);
    border-block-end: 1px solid color-mix(in srgb, var(--_border) 65%, transparent);
    cursor: default;
  }
  .body .row:hover {
    background: var(--_hover);
  }
  .body .row:focus-visible {
    outline-offset: -2px;
  }
  .body .row.open {
    background: var(--_selected);
  }
  .cell {
    display: flex;
    align-items: center;
    min-width: 0;
    height: 100%;
  }
  .cell-end {
    justify-content: flex-end;
    font-variant-numeric: tabular-nums;
  }
  .clip {
    display: block;
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .two-lines {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    white-space: normal;
    overflow-wrap: anywhere;
    font-size: 0.923em;
    line-height: 1.25;
  }
  .to {
    display: flex;
    min-width: 0;
  }
  .more {
    flex: none;
    margin-inline-start: 5px;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .subject {
    border-radius: 3px;
    font-weight: 500;
  }
  .subject:hover {
    text-decoration: underline;
    text-decoration-color: var(--_border-strong);
    text-decoration-thickness: 1px;
    text-underline-offset: 3px;
  }
  .clip-sign {
    flex: none;
    margin-inline-start: 6px;
    color: var(--_muted);
  }
  .clip-sign .icon {
    width: 13px;
    height: 13px;
  }
  .status-words {
    display: grid;
    line-height: 1.25;
  }
  .status-word,
  .status-note {
    overflow: hidden;
    text-overflow: ellipsis;
  }
  .status-word:only-child {
    display: -webkit-box;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 2;
    white-space: normal;
  }
  .status-note {
    font-size: 0.846em;
  }
  .status-note::before {
    content: none;
  }
  .reply,
  .cell-next,
  .cell-count {
    color: var(--_muted);
  }
  .cell-next {
    font-variant-numeric: tabular-nums;
  }
  .packet {
    border-radius: 3px;
    color: var(--_accent);
    font-variant-numeric: tabular-nums;
    text-decoration: none;
  }
  .packet:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .cell-actions {
    justify-content: flex-end;
    gap: 2px;
  }
  .left .cell:not(.cell-status) {
    opacity: 0.45;
  }
  .left-sent {
    --_tone: var(--_live);
    color: var(--_live);
  }
  .left-cancelled,
  .left-hidden {
    color: var(--_muted);
  }

  /* Narrow: the same rows as cards. Heights are fixed, as the virtualizer wants them. */
  @container outbox-grid (width < 700px) {
    .header {
      position: absolute;
      clip-path: inset(50%);
    }
    .body .row {
      grid-template:
        'to actions' 28px
        'subject actions' 24px
        'status next' 24px
        'failure packet' 24px / minmax(0, 1fr) auto;
      align-content: center;
      column-gap: 12px;
      height: var(--outbox-card-height, 124px);
      padding-inline: 16px 12px;
    }
    .body .cell {
      height: auto;
    }
    .cell-to {
      grid-area: to;
      color: var(--_muted);
    }
    .cell-subject {
      grid-area: subject;
      font-size: 1.077em;
    }
    .cell-status {
      grid-area: status;
    }
    .status-words {
      display: block;
    }
    .status-word:only-child,
    .status-word,
    .status-note {
      display: inline;
      overflow: visible;
      white-space: nowrap;
      font-size: 1em;
    }
    .status-note::before {
      content: ' · ';
    }
    .two-lines {
      display: block;
      white-space: nowrap;
      font-size: 1em;
    }
    .cell-failure {
      grid-area: failure;
      color: var(--_muted);
    }
    .cell-next {
      grid-area: next;
      justify-content: flex-end;
    }
    .cell-packet {
      grid-area: packet;
      justify-content: flex-end;
      max-width: 9rem;
    }
    .cell-count {
      display: none;
    }
    .cell-actions {
      grid-area: actions;
      align-self: start;
    }
  }
  @media (forced-colors: active) {
    .body .row.open {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
