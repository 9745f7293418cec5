import type { OutboxEmail } from '@portal-outbox/contracts';
import type { PageCounts } from '../data/page-counts.ts';

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

  takeCounts({ count, causes }: PageCounts): void {
    const named = [...(count?.byConnector ?? []), ...causes.map(({ connector }) => connector)];
    for (const { id, name } of named) this.connectors.set(id, name);
  }
}
