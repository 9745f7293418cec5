import type { MailServerEntry } from '../mail-server-log.ts';
import { sayOnPage, timeOfDay } from './page-words.ts';

/** Brings the list in step with the newest entries; what is already shown stays as it is. */
export function showReceived(list: HTMLElement, entries: readonly MailServerEntry[]): void {
  const shown = new Map([...list.children].map((item) => [(item as HTMLElement).dataset['number'], item]));
  const isFirst = shown.size === 0;
  const items = entries.map((entry) => shown.get(String(entry.number)) ?? itemOf(entry, !isFirst));
  items.forEach((item, index) => {
    if (list.children[index] !== item) list.insertBefore(item, list.children[index] ?? null);
  });
  while (list.children.length > items.length) list.lastElementChild!.remove();
}

function itemOf(entry: MailServerEntry, isNew: boolean): HTMLElement {
  const item = document.createElement('li');
  item.dataset['number'] = String(entry.number);
  item.dataset['result'] = entry.result;
  if (isNew) item.className = 'new';
  const top = part('p', 'top', part('b', 'result', sayOnPage(entry.result)), timeOf(entry.at));
  item.append(top);
  // A refused login concerns no recipient.
  if (entry.to.length > 0) item.append(part('p', 'to', isolated(addressees(entry.to))));
  if (entry.subject !== null) item.append(part('p', 'subject', isolated(entry.subject || '–')));
  if (entry.reply !== '') item.append(part('p', 'reply', isolated(entry.reply)));
  item.title = [entry.to.slice(0, 20).join(', '), entry.subject ?? '', entry.reply]
    .filter(Boolean)
    .join('\n');
  return item;
}

function addressees(to: readonly string[]): string {
  const [first = '', ...others] = to;
  return others.length > 0 ? `${first} +${others.length}` : first;
}

function timeOf(at: string): HTMLElement {
  const time = document.createElement('time');
  time.dateTime = at;
  time.textContent = timeOfDay(at);
  return time;
}

/** Text of others: it may be written from right to left, and must not turn what stands around it. */
function isolated(text: string): HTMLElement {
  const bdi = document.createElement('bdi');
  bdi.textContent = text;
  return bdi;
}

function part(tag: string, className: string, ...content: (string | HTMLElement)[]): HTMLElement {
  const element = document.createElement(tag);
  element.className = className;
  element.append(...content);
  return element;
}
