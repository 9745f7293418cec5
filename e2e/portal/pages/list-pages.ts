import { html } from 'hono/html';
import { packets, type Packet } from '../seed/packets.ts';
import type { Session } from '../session.ts';
import { dayBefore, sayIn, type Word } from '../words.ts';

/** Tickets, Cases or Actions. */
export function packetListPage(session: Session, type: Packet['type'], heading: Word) {
  const say = sayIn(session.language);
  return html`<article>
    <h1>${say(heading)}</h1>
    ${packetTable(
      session,
      packets.filter((packet) => packet.type === type),
    )}
  </article>`;
}

export function homePage(session: Session) {
  const say = sayIn(session.language);
  const mine = packets.filter((packet) => packet.workerIds.includes(session.person.id));
  return html`<article>
    <h1>${say('welcome', { name: session.person.name.split(' ')[0] ?? '' })}</h1>
    <h2>${say('openWork')}</h2>
    ${packetTable(session, mine.length > 0 ? mine : packets)}
    <p><a class="more" href="/emails/outbox">${say('waitingEmails')} ›</a></p>
  </article>`;
}

/** A line of text and a way on: the inbox, and addresses that lead nowhere. */
export function plainPage(session: Session, heading: Word, line: Word) {
  const say = sayIn(session.language);
  return html`<article>
    <h1>${say(heading)}</h1>
    <p class="quiet">${say(line)}</p>
    <p><a class="more" href="/emails/outbox">${say('backToOutbox')} ›</a></p>
  </article>`;
}

function packetTable(session: Session, rows: readonly Packet[]) {
  const say = sayIn(session.language);
  return html`<table>
    <thead>
      <tr>
        <th scope="col">${say('reference')}</th>
        <th scope="col">${say('title')}</th>
        <th scope="col">${say('customer')}</th>
        <th scope="col">${say('opened')}</th>
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (packet) =>
          html`<tr>
            <td><a href="/packets/${packet.ref}">${packet.ref}</a></td>
            <td>${packet.title}</td>
            <td>${packet.customer}</td>
            <td>${dayBefore(session.language, packet.openedDaysAgo)}</td>
          </tr>`,
      )}
    </tbody>
  </table>`;
}
