import type { OutboxEmail } from '@portal-outbox/contracts';
import { eventually } from '../../stack/eventually.ts';
import { portalClient, type PortalClient } from '../../stack/portal-client.ts';
import type { Stack } from '../../stack/stack.ts';
import type { BackEnd } from '../back-end.ts';
import { submitLetter, type ConnectorIds } from '../submit-letter.ts';
import { importLetters } from './import-letters.ts';
import type { Letter } from './letter.ts';
import { elsewhereLetters } from './letters-elsewhere.ts';
import { migratedLetters } from './letters-migrated.ts';
import { doubtfulLetter, refusedLetters } from './letters-refused.ts';
import { scheduledLetters } from './letters-scheduled.ts';
import { uglyLetters } from './letters-ugly.ts';
import { deferredLetters, heldLetters } from './letters-waiting.ts';
import { packets } from './packets.ts';
import { people, personById, teams } from './people.ts';

/** Short, so that a visitor sees the system try again by itself. */
const retryDelaysSeconds = [3, 8, 20, 60];
const settlingSeconds = 8;

export interface SeededPortal {
  connectors: ConnectorIds;
  /** Emails that did not come to what was expected of them in time; empty when all is well. */
  unsettled: string[];
}

/** Fills an empty service with the demo's directory, connectors and emails, and waits until they have settled. */
export async function seedPortal(stack: Stack, backEnd: BackEnd): Promise<SeededPortal> {
  const client = backEnd();
  await seedDirectory(client);
  await client.changeSettings({ retryDelaysSeconds });
  const connectors = await seedConnectors(stack, client);
  await importLetters(client, connectors.support, migratedLetters);

  const expected = new Map<string, Letter>();
  for (const letter of inLeaderOrder()) {
    expected.set(await submitLetter(client, connectors, stack.sink, letter), letter);
  }

  const administrator = personById('rachid.benali');
  const overseer = portalClient(stack.serviceUrl, stack.portal, {
    id: administrator.id,
    name: administrator.name,
  });
  // Somebody else's mail server takes everything: there is nothing to wait for.
  const unsettled = stack.sink === null ? [] : await untilSettled(overseer, expected);
  return { connectors, unsettled };
}

async function seedDirectory(client: PortalClient): Promise<void> {
  for (const { id, name, roles } of people) {
    await client.putUser(id, { name, access: roles.includes('administrator') ? 'all' : 'own' });
  }
  for (const { id, name, leaderId, memberIds } of teams) {
    await client.putTeam(id, { name, leaderId, memberIds: [...memberIds] });
  }
  for (const { ref, type, title, workerIds } of packets) {
    await client.putPacket(ref, {
      type,
      title,
      url: `/packets/${encodeURIComponent(ref)}`,
      workerIds: [...workerIds],
    });
  }
}

async function seedConnectors(stack: Stack, client: PortalClient): Promise<ConnectorIds> {
  const create = async (name: string) => (await client.createConnector({ name, ...stack.mailServer })).id;
  const sales = await create('Sales SMTP');
  const support = await create('Support SMTP');
  // A new connector is disabled; this one stays so.
  const legacy = await create('Legacy SMTP');
  for (const id of [sales, support]) await client.enableConnector(id);
  return { sales, support, legacy };
}

/** Mixed as a day mixes them; the newest ones, which a visitor sees first, show every status. */
function inLeaderOrder(): Letter[] {
  const piles = [
    [...refusedLetters],
    [...deferredLetters, doubtfulLetter],
    [...scheduledLetters],
    [...heldLetters],
    [...uglyLetters],
    [...elsewhereLetters],
  ];
  const newestFirst: Letter[] = [];
  while (piles.some((pile) => pile.length > 0)) {
    for (const pile of piles) newestFirst.push(...pile.splice(-1));
  }
  return newestFirst.toReversed();
}

/** Waits until every email reads what its letter says; subjects of those that do not after 8 s. */
async function untilSettled(client: PortalClient, expected: ReadonlyMap<string, Letter>): Promise<string[]> {
  let unsettled = [...expected];
  const look = async (): Promise<true | null> => {
    const rows = new Map((await client.list({ view: 'all', limit: 100 })).items.map((row) => [row.id, row]));
    unsettled = [...expected].filter(([id, letter]) => !hasSettled(rows.get(id), letter));
    return unsettled.length === 0 || null;
  };
  await eventually('the letters to settle', look, settlingSeconds).catch(() => undefined);
  return unsettled.map(([, letter]) => letter.subject);
}

function hasSettled(row: OutboxEmail | undefined, letter: Letter): boolean {
  return row !== undefined && row.status === letter.settlesAs && !row.beingSent;
}
