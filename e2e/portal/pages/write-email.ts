import { html } from 'hono/html';
import { packets } from '../seed/packets.ts';
import type { Session } from '../session.ts';
import { sayIn, type Word } from '../words.ts';

/** Addresses that make the demo's mail server answer in a certain way. */
const tellingAddresses: readonly (readonly [address: string, meaning: Word])[] = [
  ['friendly@example.com', 'accepts'],
  ['greylist.me@example.com', 'greylists'],
  ['full.mailbox@example.com', 'fullMailbox'],
  ['busy.server@example.com', 'alwaysBusy'],
  ['unknown.user@example.com', 'unknownUser'],
  ['blocked.sender@example.com', 'blocks'],
  ['content.filter@example.com', 'contentRefused'],
];

/** The dialog "Write an email", from the signed-in person. */
export function writeEmailDialog(session: Session) {
  const say = sayIn(session.language);
  return html`<dialog id="write-email-dialog" aria-labelledby="write-email-title">
    <form method="dialog" id="write-email-form">
      <h2 id="write-email-title">${say('writeEmail')}</h2>
      <p class="from">${say('from')} <b>${session.person.name}</b></p>
      <label
        >${say('to')}
        <input
          name="to"
          type="text"
          list="telling-addresses"
          required
          autocomplete="off"
          spellcheck="false"
        />
        <small>${say('telling')}</small>
      </label>
      <datalist id="telling-addresses">
        ${tellingAddresses.map(([address, meaning]) => html`<option value="${address}" label="${say(meaning)}"></option>`)}
      </datalist>
      <label>${say('subject')} <input name="subject" type="text" maxlength="998" /></label>
      <label>${say('message')} <textarea name="text" rows="6"></textarea></label>
      <div class="columns">
        <label
          >${say('importance')}
          <select name="importance">
            <option value="high">${say('high')}</option>
            <option value="normal" selected>${say('normal')}</option>
            <option value="low">${say('low')}</option>
          </select>
        </label>
        <label
          >${say('packet')}
          <select name="packet">
            <option value="">${say('noPacket')}</option>
            ${packets.map((packet) => html`<option value="${packet.ref}">${packet.ref} · ${packet.title}</option>`)}
          </select>
        </label>
        <label>${say('attachment')} <input name="attachment" type="file" multiple /></label>
        <label>${say('sendLater')} <input name="later" type="datetime-local" /></label>
      </div>
      <p class="problem" role="alert" hidden></p>
      <footer>
        <button type="button" id="write-email-back">${say('back')}</button>
        <button type="submit" class="primary">${say('send')}</button>
      </footer>
    </form>
  </dialog>`;
}
