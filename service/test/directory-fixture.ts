import { beforeAll } from 'vitest';
import { readScope } from '../src/db/read-scope.ts';
import { inOneHour, type GivenOutbox } from './outbox-fixture.ts';

/** Emails of people in a directory, and whose they are. */
export function directoryMail(given: GivenOutbox) {
  let connectorId: string;
  beforeAll(async () => {
    connectorId = await given.connector();
  });

  const teamKeys = async (id: string) => {
    const rows = await given.database<{ key: number }[]>`
      select team_key as key from email_team where email_id = ${id}`;
    return rows.map((row) => row.key);
  };

  return {
    teamKeys,

    /** Who of these users has the email in My Team Emails. */
    async teamReaders(id: string, users: readonly string[], portalId = given.portalId): Promise<string> {
      const keys = await teamKeys(id);
      const readers: string[] = [];
      for (const user of users) {
        const scope = await readScope(given.database, portalId, user, false);
        if (scope.teamKeys.some((key) => keys.includes(key))) readers.push(user);
      }
      return readers.join(' ');
    },

    listedEmail: (authorId: string | null, packetRef?: string) =>
      given.submit(connectorId, {
        authorId,
        sendAt: inOneHour().toISOString(),
        ...(packetRef !== undefined && { packet: { ref: packetRef, type: 'ticket' } }),
      }),
  };
}
