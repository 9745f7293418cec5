import { isDeepStrictEqual } from 'node:util';
import { describe, expect, it } from 'vitest';
import { givenOutbox, type GivenOutbox } from './outbox-fixture.ts';
import { passesOver, type ActName } from './duel/acts.ts';
import { fight, type Contender, type Ended, type Meeting } from './duel/duel.ts';
import { look } from './duel/look.ts';
import { situations, type Situation } from './duel/situations.ts';
import { seededRandom } from './seeded-random.ts';

/*
 * Every pair of operations on one email, in every situation in which they can meet, thousands of times on parallel
 * connections: whatever the order in which PostgreSQL lets them through, the outcome is that of one of the two orders,
 * nothing contradicts, and where only one may win exactly one does.
 */

/** Databases that work side by side: some operations look at all emails of theirs. */
const lanes = [givenOutbox(), givenOutbox()];
const meetings: Meeting[] = [
  ...Array<Meeting>(5).fill('at once'),
  ...Array<Meeting>(2).fill('waiting for the first'),
];
const random = seededRandom(354);

const outcomes: ActName[] = [
  ...(['accepted', 'deferred', 'rejected', 'accepted for one', 'not sent'] as const),
  ...(['connector in trouble', 'uncertain'] as const),
];
const lateOutcomes: ActName[] = ['late: accepted', 'late: deferred', 'late: accepted for one'];

/** Who can meet where. */
const meetingPoints: Record<Situation, ActName[]> = {
  'scheduled for later': ['cancel', 'send now', 'retry', 'disable', 'dispatch'],
  due: ['cancel', 'disable', 'dispatch', 'restore'],
  'waiting for the next attempt': ['cancel', 'retry', 'disable', 'dispatch'],
  'held by its disabled connector': ['enable and leave', 'enable and release', 'cancel', 'dispatch', 'retry'],
  published: [
    ...(['claim', 'claim by another worker', 'cancel', 'disable', 'publish again', 'park'] as const),
    ...(['not sent', 'deferred', 'dispatch'] as const),
  ],
  claimed: [...outcomes, 'claim by another worker', 'cancel', 'disable'],
  'claimed by a worker gone silent': [
    ...(['accepted', 'deferred', 'accepted for one', 'not sent', 'uncertain'] as const),
    ...(['the lease runs out', 'claim', 'cancel', 'retry'] as const),
  ],
  failed: ['retry', 'cancel', 'disable', 'dispatch'],
  'perhaps sent': [...lateOutcomes, 'retry', 'cancel', 'dispatch'],
  'perhaps sent, and cancelled': [...lateOutcomes, 'restore', 'cancel'],
  'perhaps sent, and to be sent again': [...lateOutcomes, 'dispatch', 'cancel', 'disable'],
  'perhaps sent, and published again': [
    ...lateOutcomes,
    ...(['claim', 'cancel', 'disable', 'publish again', 'park'] as const),
  ],
  'perhaps sent, and claimed again': [
    ...lateOutcomes,
    ...(['accepted', 'deferred', 'rejected', 'accepted for one', 'uncertain', 'cancel'] as const),
  ],
  cancelled: ['restore', 'cancel', 'retry', 'dispatch'],
};

/** Of any two of these exactly one wins. */
const rivals: Partial<Record<Situation, ActName[][]>> = {
  due: [['dispatch', 'dispatch']],
  failed: [
    ['retry', 'retry'],
    ['cancel', 'cancel'],
  ],
  cancelled: [['restore', 'restore']],
  published: [
    ...(['claim by another worker', 'cancel', 'disable', 'park'] as const).map((it): ActName[] => [
      'claim',
      it,
    ]),
    ...(['not sent', 'deferred'] as const).map((it): ActName[] => ['claim', it]),
    ['cancel', 'cancel'],
  ],
  // A real outcome also replaces an unknown fate, afterwards.
  claimed: [outcomes.filter((it) => it !== 'uncertain'), ...outcomes.map((it) => [it, it])],
};

describe.each(Object.keys(situations) as Situation[])('an email that is %s', (situation) => {
  const acting = meetingPoints[situation];
  const pairs = acting.flatMap((one, index) =>
    acting.slice(index).map((two): [ActName, ActName] => (random.next() < 0.5 ? [one, two] : [two, one])),
  );

  it(`${pairs.length} pairs of operations, each ${meetings.length} times`, { timeout: 120_000 }, async () => {
    const waiting = [...pairs];
    await Promise.all(
      lanes.map(async (given, lane) => {
        const share = pairs.filter((_, index) => index % lanes.length === lane);
        // Four more: the two orders, and each one alone.
        const emails = await situations[situation](given, share.length * (meetings.length + 4));
        const before = await look(given.database, emails);
        const subjects = emails.map((subject, index) => ({ subject, before: before[index]! }));
        for (const pair of share) {
          const some = subjects.splice(0, meetings.length + 4);
          await compare(given, pair, some);
          waiting.splice(waiting.indexOf(pair), 1);
        }
      }),
    );
    expect(waiting).toEqual([]);
  });

  async function compare(given: GivenOutbox, [one, two]: [ActName, ActName], contenders: Contender[]) {
    const next = () => contenders.pop()!;
    const allowed = [
      await fight(given, situation, next(), [one, two], 'in order'),
      reversed(await fight(given, situation, next(), [two, one], 'in order')),
    ];
    // What passes over a held row has done nothing this time.
    const [alone, alsoAlone] = [next(), next()];
    if (passesOver.has(two)) allowed.push(withIdle(await fight(given, situation, alone, [one], 'in order')));
    if (passesOver.has(one)) {
      allowed.push(reversed(withIdle(await fight(given, situation, alsoAlone, [two], 'in order'))));
    }
    for (const meeting of meetings) {
      const swap = random.next() < 0.5;
      const names: [ActName, ActName] = swap ? [two, one] : [one, two];
      const fought = await fight(given, situation, next(), names, meeting);
      const ended = swap ? reversed(fought) : fought;
      const what = `${situation}: ${names.join(' × ')}, ${meeting}`;
      if (!allowed.some((it) => isDeepStrictEqual(it, ended))) {
        expect(ended, `${what}: neither of the two orders`).toEqual(allowed[0]);
      }
      if (areRivals(one, two))
        expect(ended.done.filter(Boolean), `${what}: exactly one wins`).toHaveLength(1);
    }
  }

  function areRivals(one: ActName, two: ActName): boolean {
    return (rivals[situation] ?? []).some((group) =>
      one === two ? group.filter((it) => it === one).length > 1 : group.includes(one) && group.includes(two),
    );
  }
});

const reversed = ({ done, standing }: Ended): Ended => ({ done: done.toReversed(), standing });
const withIdle = ({ done, standing }: Ended): Ended => ({ done: [...done, false], standing });
