import { html } from 'hono/html';
import type { Packet } from '../seed/packets.ts';
import { personById } from '../seed/people.ts';
import type { Session } from '../session.ts';
import { dayBefore, sayIn } from '../words.ts';

/** One work item of the host; the Packet button of the Outbox leads here. */
export function packetPage(session: Session, packet: Packet) {
  const say = sayIn(session.language);
  return html`<article class="packet" data-packet="${packet.ref}">
    <p class="path"><a href="/emails/outbox">${say('emails')} › ${say('outbox')}</a></p>
    <h1><span class="reference">${packet.ref}</span> ${packet.title}</h1>
    <dl>
      <div>
        <dt>${say('packet')}</dt>
        <dd><span class="tag ${packet.type}">${say(packet.type)}</span></dd>
      </div>
      <div>
        <dt>${say('customer')}</dt>
        <dd>${packet.customer}</dd>
      </div>
      <div>
        <dt>${say('opened')}</dt>
        <dd>${dayBefore(session.language, packet.openedDaysAgo)}</dd>
      </div>
      <div>
        <dt>${say('workedOnBy')}</dt>
        <dd>${packet.workerIds.map((id) => personById(id).name).join(', ')}</dd>
      </div>
    </dl>
    <section>
      <h2>${say('summary')}</h2>
      <p>${packet.summary}</p>
    </section>
    <section>
      <h2>${say('notes')}</h2>
      <ol>
        ${packet.notes.map(
          (note) =>
            html`<li>
              <p><b>${note.by}</b> <time>${dayBefore(session.language, note.daysAgo)} ${note.time}</time></p>
              <p>${note.text}</p>
            </li>`,
        )}
      </ol>
    </section>
  </article>`;
}
