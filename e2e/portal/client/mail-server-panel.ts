import type { MailServerState } from '../demo-controls.ts';
import { keepChoice, keptChoice } from './kept-choice.ts';
import { notify } from './notice.ts';
import { sayOnPage } from './page-words.ts';
import { showReceived } from './received-list.ts';

const element = <T extends HTMLElement>(id: string) => document.getElementById(id) as T;

/** The panel beside the Outbox: what the demo's mail server heard, live, and the switches that make trouble. */
export function showMailServer(): void {
  if (!document.getElementById('mail-server')) return;
  makeCollapsible();
  const down = element('switch-down');
  const refuseLogins = element('switch-refuse-logins');
  down.addEventListener('click', () => void flip(down, '/demo/switches/down'));
  refuseLogins.addEventListener('click', () => void flip(refuseLogins, '/demo/switches/refuse-logins'));
  element('kill-worker').addEventListener('click', () => void post('/demo/workers/kill'));

  const stream = new EventSource('/demo/mail-server');
  stream.addEventListener('state', (event) => show(JSON.parse(event.data as string) as MailServerState));
  // A page that is left keeps its stream otherwise until it is thrown away.
  window.addEventListener('pagehide', () => stream.close());
}

function show(state: MailServerState): void {
  element('switch-down').ariaChecked = String(state.isDown);
  element('switch-refuse-logins').ariaChecked = String(state.refusesLogins);
  const { running, all } = state.workers;
  element('workers').textContent = sayOnPage('workersUp', { up: running, all });
  element('workers').dataset['missing'] = String(all - running);
  element('received-count').textContent = String(state.taken);
  element('mail-server').dataset['state'] = state.isDown ? 'down' : state.refusesLogins ? 'refusing' : 'up';
  showReceived(element('received'), state.entries);
  element('received-nothing').hidden = state.entries.length > 0;
  showSwitchedOff(state.switchedOff);
}

function showSwitchedOff(connectors: MailServerState['switchedOff']): void {
  element('switched-off').replaceChildren(
    ...connectors.map(({ id, name }) => {
      const line = document.createElement('p');
      line.textContent = sayOnPage('switchedOff', { connector: name });
      const button = document.createElement('button');
      button.type = 'button';
      button.className = 'small';
      button.textContent = sayOnPage('enableConnector', { connector: name });
      button.addEventListener('click', () => {
        button.disabled = true;
        void post(`/demo/connectors/${encodeURIComponent(id)}/enable`);
      });
      line.append(button);
      return line;
    }),
  );
}

async function flip(toggle: HTMLElement, path: string): Promise<void> {
  await post(path, { on: toggle.ariaChecked !== 'true' });
}

async function post(path: string, body: object = {}): Promise<void> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (response.ok) show((await response.json()) as MailServerState);
    else notify(sayOnPage('unreachable'), 'problem');
  } catch {
    notify(sayOnPage('unreachable'), 'problem');
  }
}

/** Open beside the page where there is room, a bar at its foot where there is not. */
function makeCollapsible(): void {
  const panel = element('mail-server');
  const toggle = element('toggle-mail-server');
  const open = (isOpen: boolean) => {
    panel.dataset['open'] = String(isOpen);
    toggle.ariaExpanded = String(isOpen);
    toggle.title = sayOnPage(isOpen ? 'hidePanel' : 'showPanel');
  };
  const isNarrow = matchMedia('(max-width: 60rem)').matches;
  open(!isNarrow && keptChoice('mail-server') !== 'closed');
  toggle.addEventListener('click', () => {
    const isOpen = panel.dataset['open'] !== 'true';
    open(isOpen);
    keepChoice('mail-server', isOpen ? 'open' : 'closed');
  });
}
