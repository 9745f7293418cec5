import { css } from 'lit';

/**
 * Narrow: the same rows as cards, by styles alone. Cards have one height too: columns without a place of their own on a
 * card follow below, one a line.
 */
export const cardStyles = css`
  @container outbox-grid (width < 640px) {
    .grid {
      min-width: 0;
      --_height: calc(var(--outbox-card-height, 9.55em) + var(--_further, 0) * 1.7em);
    }
    .scroller {
      overflow-x: hidden;
      scroll-padding-inline: 0;
    }
    .row {
      background: var(--_background);
    }

    /* Of the headers only the box is in sight; the others are there for screen readers. */
    .header {
      grid-template-columns: 44px;
      min-height: 44px;
    }
    .header .cell:not(.cell-select) {
      position: absolute;
      width: 1px;
      height: 1px;
      min-height: 0;
      padding: 0;
      overflow: hidden;
      clip-path: inset(50%);
    }
    .sort-menu {
      position: absolute;
      inset-block-start: 0;
      inset-inline-end: 12px;
      z-index: 3;
      display: flex;
      align-items: center;
      gap: 8px;
      max-width: calc(100% - 64px);
      height: 44px;
      color: var(--_muted);
      font-size: 0.923em;
      white-space: nowrap;
    }
    .sort-menu select {
      min-width: 0;
      max-width: 15rem;
      color: var(--_text);
    }

    .body .row {
      grid-template:
        'box to to retry cancel' 2.15em
        'box subject subject retry cancel' 1.85em
        '. status next next next' 1.85em
        '. failure packet packet packet' 1.85em / 44px minmax(0, 1fr) auto auto auto;
      grid-auto-rows: 1.7em;
      align-content: center;
      padding-inline-end: 8px;
    }
    .body .cell {
      height: auto;
      padding-inline: 0;
    }
    .body .cell-select {
      position: static;
      grid-area: box;
      align-self: start;
      height: 2.15em;
      padding-inline-start: 4px;
    }
    .body .cell-to {
      grid-area: to;
      color: var(--_muted);
    }
    .body .cell-subject {
      grid-area: subject;
      font-size: 1.077em;
    }
    .body .cell-status {
      grid-area: status;
    }
    .body .cell-failureMessage {
      grid-area: failure;
      color: var(--_muted);
    }
    .body .cell-nextAttemptAt {
      grid-area: next;
      justify-content: flex-end;
      padding-inline-start: 12px;
    }
    .body .cell-packet {
      grid-area: packet;
      justify-content: flex-end;
      max-width: 9rem;
      padding-inline-start: 12px;
    }
    .body .cell-retry {
      position: static;
      grid-area: retry;
      align-self: start;
    }
    .body .cell-cancel {
      position: static;
      grid-area: cancel;
      align-self: start;
    }
    .body .further {
      grid-column: 2 / -1;
      justify-content: flex-start;
      gap: 8px;
      color: var(--_muted);
      text-align: start;
    }
    .card-label {
      display: block;
      flex: none;
      font-size: 0.923em;
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
    .stacked {
      display: flex;
      gap: 6px;
      font-size: 1em;
    }
    .stacked > :first-child {
      flex-shrink: 4;
      min-width: 5em;
    }
    .resize,
    .wide .cell::after {
      display: none;
    }
  }
`;
