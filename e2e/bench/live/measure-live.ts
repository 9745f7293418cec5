import { setTimeout as pause } from 'node:timers/promises';
import { latencyOf, type Latency } from '../list/latency.ts';
import type { LiveReadersMethods } from '../programs/live-readers.ts';
import { monotonicMs } from '../programs/monotonic-ms.ts';
import type { Program } from '../programs/start-program.ts';
import { say } from '../report.ts';
import { leafTeam, leaves } from './live-organisation.ts';
import { readersOf, syncDirectory, type LiveEmail, type LivePortal } from './live-portal.ts';

export type LiveReaders = Program<LiveReadersMethods>;

/** No sample waits longer; one that is not told by then counts as infinitely late. */
const patienceSeconds = 20;
/** On average: the feed is at rest between two samples, and they meet it at any moment of its turn. */
const betweenSamplesMs = 150;
/** 20 changes a second. */
const backgroundMs = 50;

const ofKind = (portal: LivePortal, kind: LiveEmail['ownership']['kind']) =>
  portal.emails.filter(({ ownership }) => ownership.kind === kind);

/** From the commit to the last of all readers, while 20 changes a second concern teams: and to the last of those. */
export async function measureLatency(
  portal: LivePortal,
  readers: LiveReaders,
  samples: number,
): Promise<{ everybody: Latency; team: Latency }> {
  const everybody = portal.people.map((_, place) => place);
  const mine = ofKind(portal, 'everybody');
  const teamMail = ofKind(portal, 'leaf');
  const team: Promise<number>[] = [];
  let isOver = false;
  const background = (async () => {
    for (let number = 0; !isOver; number += 1) {
      const email = teamMail[(number * 7) % teamMail.length]!;
      team.push(sample(portal, readers, email, readersOf(portal.people, email.ownership)));
      await pause(backgroundMs);
    }
  })();
  const times: number[] = [];
  for (let number = 0; number < samples; number += 1) {
    times.push(await sample(portal, readers, mine[number % mine.length]!, everybody));
    await pause(betweenSamplesMs * (0.5 + Math.random()));
  }
  isOver = true;
  await background;
  return { everybody: latencyOf(times), team: latencyOf(await Promise.all(team)) };
}

async function sample(
  portal: LivePortal,
  readers: LiveReaders,
  email: LiveEmail,
  places: number[],
): Promise<number> {
  const committedMs = await portal.touch([email]);
  const { id, version } = email;
  const lastMs = await readers.call('untilTold', { id, version, readers: places, seconds: patienceSeconds });
  return lastMs === null ? Infinity : lastMs - committedMs;
}

/**
 * Members leave their teams, while the teams' mail changes all the time: from the directory's answer on they are told
 * nothing more of it. Returns how long the directory takes to answer, and how long after that they are told what is out
 * of their sight (or, when they are back, to load again).
 */
export async function measureLeaving(
  portal: LivePortal,
  readers: LiveReaders,
): Promise<{ answered: Latency; hidden: Latency; joined: Latency }> {
  const answered: number[] = [];
  const hidden: number[] = [];
  const joined: number[] = [];
  for (let leaf = 0; leaf < Math.min(20, leaves); leaf += 1) {
    const mail = ofKind(portal, 'leaf').filter(
      ({ ownership }) => ownership.kind === 'leaf' && ownership.leaf === leaf,
    );
    const authors = new Set(mail.map(({ ownership }) => 'authorId' in ownership && ownership.authorId));
    const place = portal.people.findIndex((person) => person.leaf === leaf && !authors.has(person.id));
    const person = portal.people[place];
    if (person === undefined) continue;
    let isOver = false;
    const changes = (async () => {
      while (!isOver) {
        await portal.touch(mail);
        // Always something on its way, and still time for the directory.
        await pause(5);
      }
    })();
    const startedMs = monotonicMs();
    person.leaf = null;
    await syncDirectory(portal.backEnd, [leafTeam(leaf, portal.people)]);
    const answeredMs = monotonicMs();
    answered.push(answeredMs - startedMs);
    // What is being committed at this moment may have been asked for before the answer.
    isOver = true;
    await changes;
    await readers.call(
      'setAudiences',
      mail.map((it) => ({
        id: it.id,
        from: it.version + 1,
        readers: readersOf(portal.people, it.ownership),
      })),
    );
    for (let times = 0; times < 5; times += 1) await portal.touch(mail);
    const ids = mail.map(({ id }) => id);
    const hiddenMs = await readers.call('untilHidden', { place, ids, seconds: patienceSeconds });
    // Told before the answer came: at once.
    hidden.push(hiddenMs === null ? Infinity : Math.max(0, hiddenMs - answeredMs));

    person.leaf = leaf;
    await readers.call(
      'setAudiences',
      mail.map((it) => ({ id: it.id, from: it.version, readers: readersOf(portal.people, it.ownership) })),
    );
    const sinceMs = monotonicMs();
    await syncDirectory(portal.backEnd, [leafTeam(leaf, portal.people)]);
    const backMs = monotonicMs();
    const resetMs = await readers.call('untilReset', { place, sinceMs, seconds: patienceSeconds });
    joined.push(resetMs === null ? Infinity : Math.max(0, resetMs - backMs));
  }
  return { answered: latencyOf(answered), hidden: latencyOf(hidden), joined: latencyOf(joined) };
}

/**
 * A tenth of the readers comes and goes while transactions begin and end in any order. Returns how many changes somebody
 * was not told of.
 */
export async function measureResuming(
  portal: LivePortal,
  readers: LiveReaders,
): Promise<{ rounds: number; missed: number }> {
  const places = portal.people.flatMap((_, place) => (place % 10 === 0 ? [place] : []));
  const mail = ofKind(portal, 'everybody').slice(0, 40);
  const rounds = 10;
  for (let round = 0; round < rounds; round += 1) {
    const open: Promise<unknown>[] = [];
    for (let number = 0; number < 4; number += 1) {
      const some = mail.filter((_, at) => at % 4 === number);
      // Four transactions, each a bit longer than the one that began after it.
      open.push(longTouch(portal, some, (4 - number) * 60));
      // One begins while those before it are open.
      await pause(20);
      if (number === 1) await readers.call('drop', places);
    }
    await readers.call('resume', places);
    await Promise.all(open);
  }
  const versions = mail.map((it): [string, number] => [it.id, it.version]);
  const caughtUpMs = await readers.call('untilCaughtUp', {
    ...{ versions, places, sinceMs: Infinity, seconds: patienceSeconds },
  });
  if (caughtUpMs !== null) return { rounds, missed: 0 };
  return { rounds, missed: (await readers.call('missing', { places, versions })).length };
}

async function longTouch(portal: LivePortal, emails: LiveEmail[], ms: number): Promise<void> {
  const ids = emails.map(({ id }) => id);
  await portal.sql.begin(async (tx) => {
    await tx`update outbox_email set version = version + 1 where id = any(${ids}::uuid[])`;
    // So long the transaction stays open.
    await pause(ms);
  });
  for (const email of emails) email.version += 1;
}

export interface Storm {
  changesPerSecond: number;
  /** From the last commit until every reader was told of it, or to load again. */
  caughtUpMs: number | null;
  /** Readers that read nothing meanwhile. */
  slowReaders: number;
}

/** Thousands of changes a second that everybody sees. */
export async function measureStorm(
  portal: LivePortal,
  readers: LiveReaders,
  seconds: number,
): Promise<Storm> {
  const mail = ofKind(portal, 'everybody');
  const slow = portal.people.flatMap((_, place) => (place % 20 === 0 ? [place] : []));
  const places = portal.people.map((_, place) => place).filter((place) => place % 20 !== 0);
  await readers.call('setSlow', { places: slow, slow: true });
  const startedMs = monotonicMs();
  let changes = 0;
  let committedMs = 0;
  while (monotonicMs() - startedMs < seconds * 1000) {
    committedMs = await portal.touch(mail);
    changes += mail.length;
  }
  const lastedSeconds = (monotonicMs() - startedMs) / 1000;
  const versions = mail.map((it): [string, number] => [it.id, it.version]);
  const asked = { versions, sinceMs: committedMs, seconds: 60 };
  const caughtUp = await readers.call('untilCaughtUp', { ...asked, places });
  await readers.call('setSlow', { places: slow, slow: false });
  const slowCaughtUp = await readers.call('untilCaughtUp', { ...asked, places: slow });
  if (slowCaughtUp === null) say('  Slow readers were not told to load again.');
  return {
    changesPerSecond: changes / lastedSeconds,
    caughtUpMs: caughtUp === null || slowCaughtUp === null ? null : caughtUp - committedMs,
    slowReaders: slow.length,
  };
}
