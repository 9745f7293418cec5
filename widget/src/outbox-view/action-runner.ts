import {
  refusalReasons,
  type OutboxChange,
  type OutboxEmail,
  type RefusalReason,
} from '@portal-outbox/contracts';
import type { Connection } from '../data/connection.ts';
import { actOnEmail, type EmailAction } from '../data/action-requests.ts';
import { readEmail } from '../data/outbox-requests.ts';
import type { PageSource } from '../data/page-source.ts';
import type { FailureCode } from '../data/service-result.ts';
import type { Locale } from '../i18n/locale.ts';
import type { Notices } from './notices.ts';

/** What the page does with the outcome of an action. */
export interface ActionHost {
  readonly connection: Connection | null;
  readonly locale: Locale;
  readonly source: PageSource | null;
  announce(text: string): void;
  /** The service's answer; `null`: the email has left. */
  onAnswer(action: EmailAction, id: string, email: OutboxEmail | null): void;
  /** Another state than the one acted on came to light. */
  onChange(change: OutboxChange): void;
  requestUpdate(): void;
}

/** Runs one person's actions on emails: one at a time for each email, and what came of it in words. */
export class ActionRunner {
  busy: ReadonlySet<string> = new Set();
  readonly #host: ActionHost;
  readonly #notices: Notices;
  readonly #askDoubt: (email: OutboxEmail) => Promise<boolean>;

  /** `askDoubt`: asks whether the recipient may get it twice. */
  constructor(host: ActionHost, notices: Notices, askDoubt: (email: OutboxEmail) => Promise<boolean>) {
    this.#host = host;
    this.#notices = notices;
    this.#askDoubt = askDoubt;
  }

  async run(action: EmailAction, email: OutboxEmail): Promise<void> {
    const isDoubtful = action === 'retry' && email.mayHaveBeenSent;
    if (this.busy.has(email.id)) return;
    if (isDoubtful && !(await this.#askDoubt(email))) return;
    await this.#send(action, email, isDoubtful);
  }

  async #send(action: EmailAction, email: OutboxEmail, acceptDuplicate: boolean): Promise<void> {
    const { connection } = this.#host;
    if (!connection) return;
    this.#setBusy(email.id, true);
    const result = await actOnEmail(connection.client, action, email.id, acceptDuplicate);
    this.#setBusy(email.id, false);
    // Another user has signed in meanwhile.
    if (connection !== this.#host.connection) return;
    if (result.ok) {
      this.#host.onAnswer(action, email.id, result.value.email ?? null);
      this.#report(action, email);
    } else if (result.code === 'may_have_been_sent' && !acceptDuplicate) {
      if (await this.#askDoubt(email)) await this.#send(action, email, true);
    } else if (result.code !== 'unauthenticated') {
      this.#notices.show({ text: refusalText(result.code, email, this.#host.locale) });
      await this.#refresh(connection, email.id);
    }
  }

  #report(action: EmailAction, email: OutboxEmail): void {
    const { locale } = this.#host;
    const subject = email.subject || locale.text('noSubject');
    if (action === 'cancel') {
      const undo = { label: locale.text('undo'), run: () => void this.run('restore', email) };
      this.#notices.show({ text: locale.text('cancelDone'), subject, action: undo });
    } else {
      const text = { retry: 'retryAsked', 'send-now': 'sendNowAsked', restore: 'restoreDone' } as const;
      this.#host.announce(locale.text(text[action], { subject }));
    }
  }

  /** After a refusal the page shows what the service knows. */
  async #refresh(connection: Connection, id: string): Promise<void> {
    const detail = await readEmail(connection.client, id);
    if (connection !== this.#host.connection) return;
    const view = this.#host.source?.question.view;
    if (detail.ok) {
      this.#host.onChange({ type: 'row', email: detail.value.email, views: view ? [view] : [] });
    } else if (detail.code === 'not_found') this.#host.onChange({ type: 'gone', id, why: 'hidden' });
  }

  #setBusy(id: string, isBusy: boolean): void {
    const busy = new Set(this.busy);
    if (isBusy) busy.add(id);
    else busy.delete(id);
    this.busy = busy;
    this.#host.requestUpdate();
  }
}

function refusalText(code: FailureCode, email: OutboxEmail, locale: Locale): string {
  if (code in refusalReasons) {
    const text = refusalReasons[code as RefusalReason][locale.language];
    return text.replace('{connector}', email.connector.name);
  }
  if (code === 'not_found') return locale.text('alreadyGone');
  if (code === 'not_restorable') return locale.text('notRestorable');
  return locale.text('actionFailed');
}
