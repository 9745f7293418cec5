import type { CredentialsReply } from '@portal-outbox/contracts';
import type { Asked } from '../bus/service-bus.ts';
import { readCredentials } from '../db/connectors.ts';
import type { Database } from '../db/database.ts';
import { decryptSecret } from '../db/encrypted-secret.ts';
import type { Logger } from '../runtime/logger.ts';

/** Hands a connector's password to the workers that may ask for it, each time they log in. */
export class CredentialDesk {
  readonly #database: Database;
  readonly #key: Buffer;
  readonly #logger: Logger;

  constructor(database: Database, key: Buffer, logger: Logger) {
    this.#database = database;
    this.#key = key;
    this.#logger = logger;
  }

  async ask({ connectorId, answer }: Asked<unknown, CredentialsReply>): Promise<void> {
    try {
      const credentials = await readCredentials(this.#database, connectorId);
      if (credentials === null) {
        answer({ kind: 'none' });
        return;
      }
      const password = decryptSecret(this.#key, connectorId, credentials.passwordEncrypted);
      answer({ kind: 'password', username: credentials.username, password });
    } catch (error) {
      this.#logger.error({ err: error, connectorId }, 'credentials not answered');
    }
  }
}
