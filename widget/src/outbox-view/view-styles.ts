import { css } from 'lit';

export const viewStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-width: 320px;
    height: 100%;
    min-height: 28rem;
    overflow: hidden;
    background: var(--_background);
    container: outbox-view / inline-size;
  }
  :host([hidden]) {
    display: none;
  }
  .toolbar {
    display: flex;
    flex: none;
    flex-wrap: wrap;
    align-items: center;
    gap: 8px 24px;
    padding: 14px 20px 12px;
    border-block-end: 1px solid var(--_border);
  }
  .heading {
    display: flex;
    align-items: baseline;
    gap: 10px;
    min-width: 0;
  }
  .title,
  .live {
    white-space: nowrap;
  }
  .title {
    margin: 0;
    font: inherit;
    font-size: 1.231em;
    font-weight: 600;
    letter-spacing: -0.011em;
  }
  .total {
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .oldest {
    white-space: nowrap;
  }
  .live {
    display: inline-flex;
    align-items: center;
    gap: 6px;
    color: var(--_muted);
    font-size: 0.923em;
  }
  .live:not(.on) {
    visibility: hidden;
  }
  .dot {
    width: 7px;
    height: 7px;
    border-radius: 50%;
    background: var(--_live);
    box-shadow: 0 0 0 3px color-mix(in srgb, var(--_live) 18%, transparent);
    forced-color-adjust: none;
  }
  .views {
    display: flex;
    gap: 2px;
    min-width: 0;
    margin: 0;
    padding: 2px;
    border: 0;
    border-radius: calc(var(--_radius) + 2px);
    background: var(--_subtle);
    overflow-x: auto;
    scrollbar-width: none;
  }
  .view-choice {
    position: relative;
    flex: none;
    padding: 4px 11px;
    border-radius: var(--_radius);
    color: var(--_muted);
    cursor: pointer;
    white-space: nowrap;
  }
  .view-choice:hover {
    color: var(--_text);
  }
  .view-choice.chosen {
    background: light-dark(var(--_raised), color-mix(in srgb, var(--_text) 11%, var(--_raised)));
    box-shadow: 0 1px 2px light-dark(rgb(20 22 40 / 14%), rgb(0 0 0 / 50%));
    color: var(--_text);
    font-weight: 500;
  }
  .view-choice:focus-within:has(:focus-visible) {
    outline: 2px solid var(--_accent);
    outline-offset: -1px;
  }
  .page-settings {
    display: flex;
    align-items: center;
    gap: 8px;
    margin-inline-start: auto;
  }
  .page-size {
    display: flex;
    align-items: center;
    gap: 7px;
    color: var(--_muted);
    white-space: nowrap;
  }
  .page-size select {
    color: var(--_text);
  }
  .banner {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    padding: 7px 20px;
    border-block-end: 1px solid color-mix(in srgb, var(--_disabled) 30%, transparent);
    background: color-mix(in srgb, var(--_disabled) 10%, var(--_background));
    color: var(--_disabled);
    font-weight: 500;
  }
  .page {
    position: relative;
    display: flex;
    flex: 1;
    flex-direction: column;
    min-height: 0;
  }
  outbox-grid {
    flex: 1;
  }
  .page[aria-busy='true'] outbox-grid {
    opacity: 0.55;
    transition: opacity 0.15s 0.15s;
  }
  .incoming {
    position: absolute;
    z-index: 2;
    inset-block-start: 60px;
    inset-inline: 0;
    display: inline-flex;
    align-items: center;
    gap: 6px;
    width: fit-content;
    height: 30px;
    margin-inline: auto;
    padding-inline: 11px 14px;
    border-radius: 15px;
    background: var(--_accent);
    box-shadow: var(--_shadow);
    color: var(--_on-accent);
    font-weight: 500;
    font-variant-numeric: tabular-nums;
    animation: outbox-arrive 0.2s ease-out;
  }
  .incoming .icon {
    width: 14px;
    height: 14px;
  }
  @keyframes outbox-arrive {
    from {
      opacity: 0;
      transform: translateY(-6px);
    }
  }
  .pager {
    display: flex;
    flex: none;
    align-items: center;
    justify-content: space-between;
    min-height: 44px;
    padding-inline: 20px 12px;
    border-block-start: 1px solid var(--_border);
    color: var(--_muted);
    font-variant-numeric: tabular-nums;
  }
  .turns {
    display: flex;
    gap: 2px;
  }
  :dir(rtl) .turns .icon {
    transform: scaleX(-1);
  }
  .panel {
    display: grid;
    flex: 1;
    place-content: center;
    justify-items: center;
    gap: 12px;
    padding: 32px 24px;
    text-align: center;
  }
  .panel p {
    color: var(--_muted);
    font-size: 1.077em;
    max-width: 28rem;
    margin: 0;
    text-wrap: balance;
  }
  .panel-sign {
    display: grid;
    place-items: center;
    width: 52px;
    height: 52px;
    border-radius: 50%;
    background: var(--_subtle);
    color: var(--_muted);
  }
  .panel-sign .icon {
    width: 24px;
    height: 24px;
    stroke-width: 1.2;
  }
  /* The views take a line of their own where they no longer fit beside the rest. */
  @container outbox-view (width < 1180px) {
    .language-fr .views {
      order: 1;
      width: 100%;
    }
    .language-fr .view-choice {
      flex: 1 0 auto;
      text-align: center;
    }
  }
  @container outbox-view (width < 820px) {
    .views {
      order: 1;
      width: 100%;
    }
    .view-choice {
      flex: 1 0 auto;
      text-align: center;
    }
  }
  @container outbox-view (width < 700px) {
    .toolbar {
      padding: 12px 16px 10px;
    }
    .heading {
      flex: 1 1 9rem;
      flex-wrap: wrap;
      gap: 0 10px;
    }
    .total {
      display: flex;
      flex-wrap: wrap;
      gap: 0 4px;
      order: 1;
      width: 100%;
    }
    .page-size span {
      display: none;
    }
    .pager,
    .banner {
      padding-inline-start: 16px;
    }
    .incoming {
      inset-block-start: 10px;
    }
  }
`;
