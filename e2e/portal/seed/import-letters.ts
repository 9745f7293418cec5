import type { PortalClient } from '../../stack/portal-client.ts';
import { parseMailbox } from './letter.ts';
import type { MigratedLetter } from './letters-migrated.ts';
import { addressOf, personById } from './people.ts';

/** Imports letters of the older system; repeated, it makes none twice. Throws when one is not taken. */
export async function importLetters(
  client: PortalClient,
  connectorId: string,
  letters: readonly MigratedLetter[],
): Promise<void> {
  const lines = letters.map((letter) => ({
    ...letter,
    connectorId,
    from: addressOf(personById(letter.authorId)),
    to: letter.to.map(parseMailbox),
  }));
  for await (const answer of client.importEmails(lines)) {
    if (answer.status === 'invalid') {
      throw new Error(`Line ${answer.line} was not imported: ${JSON.stringify(answer.problems)}`);
    }
  }
}
