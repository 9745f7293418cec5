// Longer than 300 lines: one sheet for one dialog reads better than several for its parts.
import { css } from 'lit';

const words = css`
  h3 {
    margin: 0;
    font: inherit;
    font-weight: 600;
  }
  .quiet {
    color: var(--_muted);
  }
  .code {
    font-family: var(--outbox-code-font, ui-monospace, 'SF Mono', Menlo, Consolas, monospace);
    font-size: 0.923em;
    overflow-wrap: anywhere;
  }
`;

export const popupStyles = [
  words,
  css`
    dialog {
      width: min(54rem, calc(100vw - 48px));
      max-width: none;
      height: min(50rem, calc(100dvh - 48px));
      max-height: none;
      padding: 0;
      border: 1px solid var(--_border);
      border-radius: calc(var(--_radius) + 6px);
      background: var(--_background);
      box-shadow: var(--_shadow);
      color: var(--_text);
      container: outbox-popup / inline-size;
      overflow: hidden;
    }
    dialog[open] {
      animation: outbox-open 0.16s ease-out;
    }
    dialog::backdrop {
      background: rgb(10 11 18 / 42%);
    }
    @keyframes outbox-open {
      from {
        opacity: 0;
        transform: translateY(8px);
      }
    }
    .frame-of-dialog {
      position: relative;
      display: flex;
      flex-direction: column;
      height: 100%;
    }
    .head {
      display: flex;
      flex: none;
      flex-wrap: wrap;
      align-items: center;
      justify-content: space-between;
      gap: 8px;
      padding: 12px 16px;
      border-block-end: 1px solid var(--_border);
    }
    .back {
      padding-inline-start: 6px;
      border-color: transparent;
      background: none;
    }
    :dir(rtl) .back .icon {
      transform: scaleX(-1);
    }
    .actions {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
    }
    .scroll {
      flex: 1;
      min-height: 0;
      padding: 20px 28px 32px;
      overflow: hidden auto;
      outline: none;
      overscroll-behavior: contain;
      scrollbar-color: var(--_border-strong) transparent;
    }
    .state {
      display: flex;
      flex-wrap: wrap;
      align-items: center;
      gap: 4px 14px;
      min-height: 20px;
    }
    .changed {
      color: var(--_accent);
    }
    .gone-sent {
      --_tone: var(--_live);
      color: var(--_live);
    }
    .title {
      margin: 6px 0 16px;
      font: inherit;
      font-size: 1.462em;
      font-weight: 600;
      letter-spacing: -0.014em;
      line-height: 1.3;
      overflow-wrap: anywhere;
    }
    .failure {
      margin-block-end: 20px;
      padding: 12px 16px;
      border-radius: calc(var(--_radius) + 2px);
      background: color-mix(in srgb, var(--_tone) 8%, var(--_background));
      --_tone: var(--_retry);
    }
    .failure-failed {
      --_tone: var(--_failed);
    }
    .failure.doubt {
      --_tone: var(--_doubt);
    }
    .failure-connector_disabled {
      --_tone: var(--_disabled);
    }
    .failure p {
      margin: 0;
    }
    .meaning {
      font-weight: 500;
    }
    .advice {
      color: var(--_muted);
      font-weight: 400;
    }
    .server-reply {
      padding-block-start: 6px;
      color: var(--_muted);
    }
    .people {
      display: grid;
      grid-template-columns: minmax(3.5rem, auto) minmax(0, 1fr);
      gap: 7px 16px;
      margin: 0 0 20px;
    }
    dt {
      color: var(--_muted);
    }
    dd {
      min-width: 0;
      margin: 0;
    }
    .recipients {
      display: grid;
      gap: 4px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .recipient {
      display: flex;
      flex-wrap: wrap;
      align-items: baseline;
      gap: 0 10px;
    }
    .mailbox {
      min-width: 0;
      overflow-wrap: anywhere;
    }
    .name + .address {
      color: var(--_muted);
    }
    .mark {
      display: inline-flex;
      align-items: center;
      align-self: center;
      gap: 4px;
      color: var(--_muted);
      font-size: 0.923em;
    }
    .mark .icon {
      width: 13px;
      height: 13px;
    }
    .mark-delivered {
      color: var(--_live);
    }
    .mark-refused {
      color: var(--_failed);
    }
    .recipient-reply {
      flex-basis: 100%;
      color: var(--_muted);
      font-size: 0.923em;
      overflow-wrap: anywhere;
    }
    .folded summary {
      width: fit-content;
      padding-block: 4px;
      color: var(--_accent);
      cursor: pointer;
    }
    outbox-message-body {
      display: block;
      margin-block-end: 20px;
    }
    .section {
      margin-block-start: 24px;
    }
    .section > h3 {
      margin-block-end: 8px;
    }
    .files {
      display: flex;
      flex-wrap: wrap;
      gap: 8px;
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .files li {
      max-width: 100%;
    }
    .file {
      display: inline-flex;
      align-items: center;
      gap: 8px;
      max-width: 100%;
      height: 34px;
      padding-inline: 10px 12px;
      border: 1px solid var(--_border-strong);
      border-radius: var(--_radius);
    }
    .file:hover {
      background: var(--_hover);
    }
    .file .icon {
      color: var(--_muted);
    }
    .file-name {
      min-width: 0;
      overflow: hidden;
      text-overflow: ellipsis;
      white-space: nowrap;
    }
    .file .quiet {
      flex: none;
    }
    .facts {
      display: grid;
      grid-template-columns: repeat(auto-fill, minmax(min(9.5rem, 40%), 1fr));
      gap: 12px 20px;
      margin: 0;
    }
    .fact dt {
      font-size: 0.923em;
    }
    .fact-wide {
      grid-column: 1 / -1;
    }
    .packet,
    .way-on {
      border-radius: 3px;
      color: var(--_accent);
      text-decoration: none;
    }
    .packet:hover,
    .way-on:hover {
      text-decoration: underline;
      text-underline-offset: 3px;
    }
    .packet-type {
      color: var(--_muted);
    }
    .attempts {
      margin: 0;
      padding: 0;
      list-style: none;
    }
    .attempt {
      display: grid;
      grid-template-columns: 8.5rem 6.5rem 4.5rem minmax(0, 1fr);
      gap: 2px 12px;
      padding-block: 8px;
      border-block-start: 1px solid var(--_border);
      font-variant-numeric: tabular-nums;
    }
    .attempt-result {
      font-weight: 500;
    }
    .result-rejected {
      color: var(--_failed);
    }
    .result-deferred,
    .result-connector_trouble {
      color: var(--_disabled);
    }
    .result-uncertain {
      color: var(--_doubt);
    }
    .result-accepted {
      color: var(--_live);
    }
    .result-running {
      color: var(--_accent);
    }
    .attempt-words {
      min-width: 0;
      overflow-wrap: anywhere;
    }
    .detail-failed {
      display: grid;
      justify-items: center;
      gap: 12px;
      padding: 32px;
      color: var(--_muted);
    }
    .detail-failed p {
      margin: 0;
    }
    @container outbox-popup (width < 560px) {
      .scroll {
        padding: 16px 16px 24px;
      }
      .people {
        grid-template-columns: minmax(0, 1fr);
        gap: 2px;
      }
      .people dd {
        margin-block-end: 8px;
      }
      .attempt {
        grid-template-columns: 1fr auto auto;
      }
      .attempt-words {
        grid-column: 1 / -1;
      }
    }
    @media (width < 560px) {
      dialog {
        width: 100vw;
        height: 100dvh;
        border: 0;
        border-radius: 0;
      }
    }
  `,
];

export const bodyStyles = [
  words,
  css`
    .message-bar {
      display: flex;
      align-items: center;
      justify-content: space-between;
      min-height: 28px;
      margin-block-end: 8px;
    }
    .button.small {
      height: 26px;
      font-weight: 400;
    }
    .frame {
      display: block;
      width: 100%;
      height: 22rem;
      border: 1px solid var(--_border);
      border-radius: calc(var(--_radius) + 2px);
      background: #fff;
      color-scheme: light;
      resize: vertical;
    }
    .waiting {
      background: var(--_subtle);
    }
    .text {
      max-height: 32rem;
      margin: 0;
      padding: 14px 16px;
      border: 1px solid var(--_border);
      border-radius: calc(var(--_radius) + 2px);
      font: inherit;
      line-height: 1.55;
      overflow: auto;
      overflow-wrap: anywhere;
      white-space: pre-wrap;
    }
    .preview-failed {
      display: grid;
      justify-items: start;
      gap: 10px;
      color: var(--_muted);
    }
    .preview-failed p {
      margin: 0;
    }
    .preview-failed .text {
      justify-self: stretch;
      color: var(--_text);
    }
  `,
];
