// Longer than 300 lines: one sheet for one table reads better than several for its parts.
import { css } from 'lit';

/** The grid as a table; `card-styles.ts` is the narrow one. */
export const gridStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-height: 0;
    container: outbox-grid / inline-size;
    --_box-width: 44px;
    --_action-width: 34px;
    --_cell-height: var(--_row-height);
  }
  .scroller {
    flex: 1;
    min-height: 0;
    overflow: auto;
    overflow-anchor: none;
    overscroll-behavior: contain;
    scroll-padding-inline: var(--_box-width) calc(2 * var(--_action-width));
    scrollbar-color: var(--_border-strong) transparent;
  }
  /* As wide as the narrowest tracks need: the header's row says how wide that is. */
  .grid {
    display: flex;
    flex-direction: column;
    min-width: min-content;
    min-height: 100%;
    --_height: var(--_cell-height);
  }
  .head {
    position: sticky;
    inset-block-start: 0;
    z-index: 2;
    border-block-end: 1px solid var(--_border);
    background: var(--_background);
  }
  .body {
    position: relative;
    flex: none;
    contain: size;
    height: calc(var(--_rows, 0) * var(--_height));
  }
  .row {
    display: grid;
    grid-template-columns: var(--_columns);
    background: var(--_background);
  }
  .body .row {
    position: relative;
    inset-inline: 0;
    height: var(--_height);
    scroll-margin-block-start: var(--_head-height);
    border-block-end: 1px solid color-mix(in srgb, var(--_border) 65%, transparent);
    cursor: default;
  }
  .window {
    height: 100%;
  }
  .body > .kept {
    position: absolute;
  }
  .body .row:hover {
    background: var(--_hover);
  }
  .body .row:is(.open, .selected) {
    background: var(--_selected);
  }
  .cell {
    position: relative;
    display: flex;
    align-items: center;
    min-width: 0;
    height: 100%;
    padding-inline: 7px;
    outline: none;
  }
  .cell:focus-visible {
    outline: 2px solid var(--_accent);
    outline-offset: -2px;
    border-radius: 4px;
  }
  .cell-end {
    justify-content: flex-end;
    font-variant-numeric: tabular-nums;
    text-align: end;
  }
  /* Box and actions stay in sight when the columns are scrolled sideways. */
  .cell-select,
  .cell-retry,
  .cell-cancel {
    position: sticky;
    z-index: 1;
    background: inherit;
  }
  .cell-select {
    inset-inline-start: 0;
    justify-content: center;
    padding-inline: 10px 2px;
  }
  .cell-retry,
  .cell-cancel {
    justify-content: flex-end;
    padding-inline: 2px;
  }
  .cell-retry {
    inset-inline-end: var(--_action-width);
  }
  .cell-cancel {
    inset-inline-end: 0;
    padding-inline-end: 8px;
  }
  .header .cell-retry {
    grid-column: span 2;
    inset-inline-end: 0;
  }
  .wide .cell-select::after,
  .wide .cell-retry::after {
    position: absolute;
    inset-block: 0;
    inset-inline: auto 0;
    width: 1px;
    background: var(--_border);
    content: '';
  }
  .wide .cell-retry::after {
    inset-inline: 0 auto;
  }
  .box {
    width: 15px;
    height: 15px;
    margin: 0;
    accent-color: var(--_accent);
  }

  /* Its font is as large as the rows': tracks are measured by it. */
  .header {
    min-height: 40px;
    color: var(--_muted);
    font-weight: 500;
  }
  .header .cell {
    height: auto;
    min-height: 40px;
  }
  .sort {
    display: flex;
    align-items: center;
    gap: 3px;
    min-width: 0;
    padding-block: 4px;
    font-size: 0.885em;
    font-weight: inherit;
  }
  .sort:hover {
    color: var(--_text);
  }
  .cell-end .sort {
    flex-direction: row-reverse;
    text-align: end;
  }
  .label {
    display: -webkit-box;
    overflow: hidden;
    -webkit-box-orient: vertical;
    -webkit-line-clamp: 3;
    /* Room for the accents of capitals. */
    padding-block-start: 0.12em;
    line-height: 1.2;
  }
  .direction {
    flex: none;
    color: var(--_accent);
  }
  .direction .icon {
    width: 12px;
    height: 12px;
  }
  [aria-sort] .sort {
    color: var(--_text);
  }
  .resize {
    position: absolute;
    inset-block: 0;
    inset-inline-end: -5px;
    z-index: 1;
    width: 10px;
    cursor: col-resize;
    touch-action: none;
  }
  .resize::after {
    position: absolute;
    inset-block: 11px;
    inset-inline-start: 4px;
    width: 1px;
    content: '';
  }
  .head:hover .resize::after {
    background: var(--_border-strong);
  }
  .resize:is(:hover, :active)::after {
    inset-block: 4px;
    width: 2px;
    background: var(--_accent);
  }

  .clip {
    display: block;
    min-width: 0;
    overflow: hidden;
    text-align: match-parent;
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
  .stacked {
    display: grid;
    min-width: 0;
    font-size: 0.923em;
    line-height: 1.25;
  }
  .way-on {
    color: var(--_muted);
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
  .subject,
  .packet {
    min-width: 0;
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
  .clip-sign .icon,
  .importance .icon {
    width: 13px;
    height: 13px;
  }
  .importance {
    display: inline-flex;
    align-items: center;
    gap: 5px;
    min-width: 0;
  }
  .importance-high .icon {
    color: var(--_failed);
  }
  .importance-normal,
  .importance-low .icon {
    color: var(--_muted);
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
  .cell:is(
    .cell-nextAttemptAt,
    .cell-lastAttemptAt,
    .cell-firstFailedAt,
    .cell-submittedAt,
    .cell-sendCount,
    .cell-attachmentCount,
    .cell-systemGenerated,
    .cell-packetType
  ) {
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .header .cell {
    color: inherit;
  }
  .link {
    border-radius: 3px;
    color: var(--_accent);
    font-variant-numeric: tabular-nums;
    text-decoration: none;
  }
  .link:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  /* Grey by colours, not by opacity: it stays readable. */
  .body .out {
    background: var(--_subtle);
  }
  .out .cell:not(.cell-status),
  .out .link {
    color: var(--_muted);
  }
  .out .subject {
    font-weight: inherit;
  }
  .left-sent {
    --_tone: var(--_live);
    color: var(--_live);
  }
  .left-cancelled,
  .left-hidden {
    color: var(--_muted);
  }

  .skeleton i {
    width: 70%;
    height: 9px;
    border-radius: 5px;
    background: var(--_border);
    animation: outbox-wait 1.4s ease-in-out infinite alternate;
  }
  .skeleton:nth-child(3n) i {
    width: 52%;
  }
  .skeleton:nth-child(4n + 1) i {
    width: 84%;
  }
  @keyframes outbox-wait {
    to {
      opacity: 0.45;
    }
  }
  .card-label,
  .sort-menu {
    display: none;
  }
  @media (pointer: coarse) {
    :host {
      --_action-width: 42px;
    }
    .box {
      width: 20px;
      height: 20px;
    }
  }
  @media (hover: none) {
    .resize::after {
      background: var(--_border);
    }
  }
  @media (forced-colors: active) {
    .body .row:is(.open, .selected) {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
    .resize::after {
      background: CanvasText;
    }
    .skeleton i {
      border: 1px solid GrayText;
    }
  }
`;
