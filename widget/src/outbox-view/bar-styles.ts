import { css } from 'lit';

export const barStyles = css`
  .filter-bar,
  .causes {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px 12px;
    padding: 8px 20px;
  }
  .filter-bar {
    flex-wrap: wrap;
    justify-content: space-between;
    border-block-end: 1px solid var(--_border);
  }
  .chips {
    display: flex;
    gap: 6px;
    min-width: 0;
    overflow-x: auto;
    scrollbar-width: none;
  }
  .chip {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 6px;
    height: 28px;
    padding-inline: 9px 11px;
    border: 1px solid var(--_border);
    border-radius: 14px;
    --_tone: var(--_queued);
  }
  .chip > .icon {
    width: 15px;
    height: 15px;
    color: var(--_tone);
  }
  .chip:hover {
    background: var(--_hover);
  }
  .chip-count {
    min-width: 1ch;
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .chip.chosen .chip-count {
    color: var(--_text);
  }
  .chip.none:not(.chosen) {
    color: var(--_muted);
  }
  .chip.status-failed {
    --_tone: var(--_failed);
  }
  .chip.status-connector_disabled {
    --_tone: var(--_disabled);
  }
  .chip.status-pending_retry {
    --_tone: var(--_retry);
  }
  .finders {
    display: flex;
    flex: 1 1 15rem;
    align-items: center;
    justify-content: flex-end;
    gap: 6px;
    min-width: 0;
  }
  .search {
    position: relative;
    flex: 0 1 17rem;
    min-width: 7rem;
    color: var(--_muted);
  }
  .search > .icon {
    position: absolute;
    inset-block-start: 7px;
    inset-inline-start: 9px;
    pointer-events: none;
  }
  .search input {
    width: 100%;
    height: 30px;
    margin: 0;
    padding-inline: 31px 28px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    appearance: none;
    background: var(--_raised);
    color: var(--_text);
    font: inherit;
    text-overflow: ellipsis;
  }
  .search input::-webkit-search-cancel-button {
    display: none;
  }
  .search input::placeholder {
    color: var(--_muted);
    opacity: 1;
  }
  .search .icon-button {
    position: absolute;
    inset-block-start: 3px;
    inset-inline-end: 3px;
    width: 24px;
    height: 24px;
  }
  .search .icon-button .icon {
    width: 13px;
    height: 13px;
  }
  .search-short {
    position: absolute;
    z-index: 4;
    inset-block-start: calc(100% + 4px);
    inset-inline-start: 0;
    padding: 4px 9px;
    border: 1px solid var(--_border);
    border-radius: var(--_radius);
    background: var(--_raised);
    box-shadow: var(--_shadow);
    color: var(--_text);
    font-size: 0.923em;
    white-space: nowrap;
  }
  .badge {
    min-width: 18px;
    padding-inline: 5px;
    border-radius: 9px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 0.846em;
    line-height: 18px;
    text-align: center;
  }
  .link {
    flex: none;
    padding: 3px 6px;
    border-radius: var(--_radius);
    color: var(--_accent);
    font-weight: 500;
  }
  .link:hover {
    text-decoration: underline;
    text-underline-offset: 3px;
  }
  .causes {
    align-items: flex-start;
    max-height: 40%;
    padding-block: 6px;
    overflow: hidden auto;
    border-block-end: 1px solid var(--_border);
    background: color-mix(in srgb, var(--_failed) 4%, var(--_background));
  }
  .causes > .icon {
    margin-block-start: 6px;
    color: var(--_failed);
  }
  .cause-list {
    display: flex;
    flex: 1;
    flex-wrap: wrap;
    gap: 2px 10px;
    min-width: 0;
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .cause {
    display: flex;
    align-items: center;
    min-width: 0;
    max-width: 100%;
  }
  .cause-choice {
    min-width: 0;
    height: 28px;
    padding-inline: 8px;
    border-radius: var(--_radius);
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
    font-variant-numeric: tabular-nums;
  }
  .cause-choice:hover,
  .cause-retry:not([aria-disabled='true']):hover {
    background: color-mix(in srgb, var(--_text) 7%, transparent);
  }
  .cause-name {
    font-weight: 500;
  }
  .cause-of {
    color: var(--_muted);
  }
  .cause-retry {
    display: inline-flex;
    flex: none;
    align-items: center;
    gap: 5px;
    height: 28px;
    padding-inline: 7px 9px;
    border-radius: var(--_radius);
    color: var(--_accent);
    font-weight: 500;
    white-space: nowrap;
  }
  .cause-retry .icon {
    width: 14px;
    height: 14px;
  }
  .cause-retry[aria-disabled='true'] {
    color: var(--_muted);
  }
  .more-causes {
    height: 28px;
  }
  .chip.chosen,
  .cause-choice.chosen,
  .button.on {
    border-color: color-mix(in srgb, var(--_accent) 55%, transparent);
    background: var(--_selected);
  }
  .chip.chosen,
  .cause-choice.chosen {
    box-shadow: inset 0 0 0 1px color-mix(in srgb, var(--_accent) 55%, transparent);
  }
  @container outbox-view (width < 1000px) {
    .finders {
      flex-basis: 100%;
    }
    .search {
      flex: 1;
    }
  }
  @container outbox-view (width < 640px) {
    .filter-bar,
    .causes {
      padding-inline: 16px;
    }
    .chips {
      margin-inline: -16px;
      padding-inline: 16px;
    }
    .finders .button-word,
    .help {
      display: none;
    }
    .causes {
      flex-wrap: wrap;
    }
    .cause-list {
      flex-basis: calc(100% - 40px);
      flex-direction: column;
    }
    .cause-choice {
      height: auto;
      min-height: 28px;
      white-space: normal;
    }
    .more-causes {
      margin-inline-start: 30px;
    }
    .cause {
      justify-content: space-between;
    }
    .cause-retry span {
      display: none;
    }
  }
  @media (pointer: coarse) {
    .chip,
    .cause-choice,
    .cause-retry,
    .search input {
      height: 36px;
    }
    .chip {
      border-radius: 18px;
    }
    .search > .icon {
      inset-block-start: 10px;
    }
    .search .icon-button {
      width: 30px;
      height: 30px;
    }
  }
  @media (forced-colors: active) {
    .chosen,
    .button.on {
      outline: 2px solid Highlight;
      outline-offset: -2px;
    }
  }
`;
