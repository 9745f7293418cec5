import type { OutboxCauses, OutboxCount, OutboxEmail } from '@portal-outbox/contracts';

/** Names of connectors and authors that have been seen: a filter knows them by id. */
export class KnownNames {
  readonly connectors = new Map<string, string>();
  readonly authors = new Map<string, string>();

  takeEmails(emails: Iterable<OutboxEmail>): void {
    for (const { connector, author } of emails) {
      this.connectors.set(connector.id, connector.name);
      if (author) this.authors.set(author.id, author.name);
    }
  }

  takeCount(count: OutboxCount | null): void {
    for (const { id, name } of count?.byConnector ?? []) this.connectors.set(id, name);
  }

  takeCauses(causes: OutboxCauses['items']): void {
    for (const { connector } of causes) this.connectors.set(connector.id, connector.name);
  }

  clear(): void {
    this.connectors.clear();
    this.authors.clear();
  }
}
