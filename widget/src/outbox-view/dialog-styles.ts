import { css } from 'lit';

/** The dialogs that are loaded when they are first opened: filters, bulk questions and results, shortcuts. */
export const dialogStyles = css`
  :host {
    display: contents;
  }
  dialog {
    width: min(30rem, calc(100% - 32px));
    max-height: calc(100dvh - 48px);
    padding: 0;
    border: 1px solid var(--_border);
    border-radius: calc(var(--_radius) + 4px);
    background: var(--_raised);
    box-shadow: var(--_shadow);
    color: var(--_text);
    font: inherit;
    overflow: hidden;
  }
  dialog[open] {
    display: flex;
    flex-direction: column;
  }
  dialog::backdrop {
    background: rgb(10 11 18 / 40%);
  }
  .drawer {
    width: min(21rem, 100%);
    height: 100dvh;
    max-height: none;
    margin-block: 0;
    margin-inline: auto 0;
    border-block: 0;
    border-inline-end: 0;
    border-radius: 0;
  }
  .drawer::backdrop {
    background: rgb(10 11 18 / 16%);
  }
  .wide {
    width: min(44rem, calc(100% - 32px));
  }
  .head,
  .foot {
    display: flex;
    flex: none;
    align-items: center;
    gap: 8px;
    padding: 12px 12px 12px 20px;
  }
  .head {
    justify-content: space-between;
    border-block-end: 1px solid var(--_border);
  }
  .foot {
    flex-wrap: wrap;
    justify-content: flex-end;
    padding-inline-end: 20px;
    border-block-start: 1px solid var(--_border);
  }
  .foot .quiet {
    flex: 1 0 100%;
  }
  h3,
  h4 {
    margin: 0;
    font: inherit;
    font-weight: 600;
  }
  h3 {
    font-size: 1.154em;
  }
  .content {
    flex: 1;
    min-height: 0;
    padding: 16px 20px;
    overflow: auto;
    scrollbar-color: var(--_border-strong) transparent;
  }
  p {
    margin: 0 0 8px;
  }
  .quiet {
    color: var(--_muted);
  }
  .error {
    color: var(--_failed);
  }
  fieldset {
    min-width: 0;
    margin: 0 0 20px;
    padding: 0;
    border: 0;
  }
  legend {
    margin-block-end: 4px;
    padding: 0;
    color: var(--_muted);
    font-weight: 500;
  }
  .choices {
    display: grid;
    max-height: 13rem;
    overflow: auto;
  }
  .choice {
    display: flex;
    align-items: center;
    gap: 9px;
    min-height: 28px;
    cursor: pointer;
  }
  .choice input {
    flex: none;
    width: 15px;
    height: 15px;
    margin: 0;
    accent-color: var(--_accent);
  }
  .choice bdi {
    min-width: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }
  .days {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
    gap: 10px;
  }
  .days label {
    display: grid;
    gap: 3px;
    color: var(--_muted);
  }
  input[type='date'] {
    min-width: 0;
    height: 30px;
    margin: 0;
    padding-inline: 8px;
    border: 1px solid var(--_border-strong);
    border-radius: var(--_radius);
    background: var(--_raised);
    color: var(--_text);
    font: inherit;
  }
  dl {
    display: grid;
    grid-template-columns: auto 1fr;
    gap: 6px 16px;
    margin: 0 0 12px;
    font-variant-numeric: tabular-nums;
  }
  dt {
    color: var(--_muted);
  }
  dd {
    margin: 0;
  }
  ul {
    margin: 0;
    padding: 0;
    list-style: none;
  }
  .results li {
    display: grid;
    grid-template-columns: minmax(0, 1.3fr) minmax(0, 1fr);
    gap: 0 16px;
    padding-block: 7px;
    border-block-end: 1px solid var(--_border);
  }
  .results li > span {
    min-width: 0;
    overflow-wrap: anywhere;
  }
  .keys {
    grid-template-columns: minmax(9rem, auto) 1fr;
    gap: 9px 20px;
  }
  .keys dd {
    color: var(--_text);
  }
  kbd {
    display: inline-block;
    min-width: 1.7em;
    padding: 1px 6px;
    border: 1px solid var(--_border-strong);
    border-radius: 4px;
    background: var(--_subtle);
    color: var(--_text);
    font: inherit;
    font-size: 0.923em;
    text-align: center;
  }
  @media (max-width: 480px) {
    .results li {
      grid-template-columns: 1fr;
    }
  }
`;
