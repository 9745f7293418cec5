import type { WrittenEmail } from '../write-email.ts';
import { notify } from './notice.ts';
import { sayOnPage } from './page-words.ts';

/** "Write an email": a dialog whose content the portal's back end hands to the service. */
export function offerWriteEmail(): void {
  const dialog = document.querySelector<HTMLDialogElement>('#write-email-dialog');
  const form = document.querySelector<HTMLFormElement>('#write-email-form');
  if (!dialog || !form) return;
  document.querySelector('#write-email')?.addEventListener('click', () => {
    showProblem(form, '');
    dialog.showModal();
    form.querySelector('input')?.focus();
  });
  document.querySelector('#write-email-back')?.addEventListener('click', () => dialog.close());
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    void send(form, dialog);
  });
}

async function send(form: HTMLFormElement, dialog: HTMLDialogElement): Promise<void> {
  const button = form.querySelector<HTMLButtonElement>('button[type=submit]')!;
  button.disabled = true;
  const answer = await handOver(new FormData(form));
  button.disabled = false;
  if (!answer.taken) {
    showProblem(form, `${sayOnPage('notTaken')} ${answer.problem}`);
    return;
  }
  dialog.close();
  form.reset();
  notify(sayOnPage('handedOver'));
}

async function handOver(data: FormData): Promise<WrittenEmail> {
  const later = data.get('later');
  // The field has no time zone: it means the writer's own.
  if (typeof later === 'string' && later !== '') data.set('later', new Date(later).toISOString());
  try {
    const response = await fetch('/emails', { method: 'POST', body: data });
    return (await response.json()) as WrittenEmail;
  } catch {
    return { taken: false, problem: sayOnPage('unreachable') };
  }
}

function showProblem(form: HTMLFormElement, text: string): void {
  const problem = form.querySelector<HTMLElement>('.problem')!;
  problem.textContent = text;
  problem.hidden = text === '';
}
