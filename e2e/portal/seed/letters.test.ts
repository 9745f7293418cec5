import { emailSubmissions } from '@portal-outbox/contracts';
import { safeParse } from 'valibot';
import { expect, test } from 'vitest';
import type { EmailDraft, PortalClient } from '../../stack/portal-client.ts';
import { submitLetter } from '../submit-letter.ts';
import type { Letter } from './letter.ts';
import { elsewhereLetters } from './letters-elsewhere.ts';
import { everydayLetter } from './letters-everyday.ts';
import { doubtfulLetter, refusedLetters } from './letters-refused.ts';
import { scheduledLetters } from './letters-scheduled.ts';
import { uglyLetters } from './letters-ugly.ts';
import { deferredLetters, heldLetters } from './letters-waiting.ts';
import { packetByRef } from './packets.ts';
import { teams } from './people.ts';

const leaderTeam: readonly string[] = teams[0].memberIds;
const leaderLetters = [
  ...scheduledLetters,
  ...refusedLetters,
  doubtfulLetter,
  ...deferredLetters,
  ...heldLetters,
  ...uglyLetters,
];
const letters = [...leaderLetters, ...elsewhereLetters, ...everydayLetters()];

test.each(letters.map((letter) => [letter.subject, letter] as const))(
  'the contract takes "%s"',
  async (_, letter) => {
    const submitted: EmailDraft[] = [];
    const connectorId = '6f1c9c3e-8f0b-4c1e-9a53-5d2f0c3b7a11';
    const connectors = { sales: connectorId, support: connectorId, legacy: connectorId };
    await submitLetter(recordingClient(submitted), connectors, null, letter);
    expect(safeParse(emailSubmissions, { emails: submitted }).issues).toBeUndefined();
    expect(letter.packetRef === undefined || packetByRef(letter.packetRef)).toBeTruthy();
  },
);

test('the leader’s Outbox holds 37 emails, and no other team’s', () => {
  expect(leaderLetters.filter((letter) => !isLeaders(letter)).map(({ subject }) => subject)).toEqual([]);
  expect(leaderLetters.filter(({ settlesAs }) => settlesAs === undefined)).toEqual([]);
  expect(leaderLetters).toHaveLength(37);
  expect(elsewhereLetters.filter(isLeaders)).toEqual([]);
});

test('letters that settle in different ways do not share an address', () => {
  const answered = letters
    .filter(({ answer }) => answer)
    .flatMap(({ to, answer }) => answer?.recipients ?? to);
  expect(new Set(answered).size).toBe(answered.length);
});

function everydayLetters(): Letter[] {
  return Array.from({ length: 10 }, (_, turn) => everydayLetter(turn));
}

function isLeaders({ authorId, packetRef }: Letter): boolean {
  if (authorId !== null && leaderTeam.includes(authorId)) return true;
  return (
    packetRef !== undefined && (packetByRef(packetRef)?.workerIds ?? []).some((id) => leaderTeam.includes(id))
  );
}

function recordingClient(submitted: EmailDraft[]): PortalClient {
  const client = {
    uploadAttachment: async () => ({ id: '00000000-0000-4000-8000-000000000001', size: 1, sha256: '' }),
    submit: async (emails: EmailDraft[]) => {
      submitted.push(...emails);
      return ['id'];
    },
  };
  return client as unknown as PortalClient;
}
