import { describe, expect, it } from 'vitest';
import { seededRandom, type SeededRandom } from '../../test/seeded-random.ts';
import { viewsOf, type ReadScope } from '../outbox/visibility.ts';
import { Audience } from './audience.ts';
import { FeedReader } from './feed-reader.ts';
import { changeOf } from '../../test/logged-change.ts';

const users = ['ada', 'bob', 'cy'];
const packets = ['1', '2', '3'];
const keys = [2, 3, 4, 5];

function randomScope(random: SeededRandom, userId: string): ReadScope {
  const few = <Part>(parts: readonly Part[]) => parts.filter(() => random.next() < 0.2);
  return {
    ...{ portalId: 'p', userId, everything: random.next() < 0.1, systemMail: random.next() < 0.2 },
    ...{ teamKeys: few(keys), workedPacketRefs: few(packets), readTeamKeys: few(keys) },
    ...{ readUserIds: few(users), readPacketRefs: few(packets), leadsTeam: false, hasTeam: false },
  };
}

const found = (audience: Audience<FeedReader>, change: ReturnType<typeof changeOf>) => {
  const readers: FeedReader[] = [];
  audience.forEach(change, (reader) => readers.push(reader));
  return readers;
};

describe('of a change it names', () => {
  const random = seededRandom(7);
  const audience = new Audience<FeedReader>();
  const readers = Array.from({ length: 60 }, () => {
    const reader = new FeedReader(randomScope(random, random.pick(users)), false);
    audience.put(reader);
    return reader;
  });

  it('everybody who may see the email, after the change or before it, once each', () => {
    let named = 0;
    for (let times = 0; times < 500; times += 1) {
      const change = changeOf({
        authorId: random.next() < 0.3 ? null : random.pick(users),
        packetRef: random.next() < 0.5 ? null : random.pick(packets),
        teamKeys: random.some(keys).slice(0, 2),
        teamKeysBefore: random.next() < 0.2 ? random.some(keys).slice(0, 2) : null,
      });
      const before = { ...change, teamKeys: change.teamKeysBefore ?? [] };
      const concerned = readers.filter((reader) =>
        [change, before].some((it) => viewsOf(reader.sight.scope, it).length > 0),
      );
      const got = found(audience, change);
      expect(new Set(got).size).toBe(got.length);
      expect(concerned.filter((reader) => !got.includes(reader))).toEqual([]);
      expect(readers.filter((reader) => audience.concerns(change, reader))).toHaveLength(got.length);
      named += got.length;
    }
    // Not simply all of them.
    expect(named / 500).toBeLessThan(50);
  });

  it('all of the portal, where a connector or more than can be told has changed', () => {
    expect(found(audience, changeOf({ emailId: null, connectorId: 'c' }))).toHaveLength(60);
    expect(found(audience, changeOf({ emailId: null, authorId: null }))).toHaveLength(60);
  });

  it('those who have one of the teams, where these changed hands as a whole', () => {
    const got = found(audience, changeOf({ emailId: null, authorId: null, teamKeys: [2, 5] }));
    const having = readers.filter(({ sight: { scope } }) =>
      [...scope.teamKeys, ...scope.readTeamKeys].some((key) => key === 2 || key === 5),
    );
    expect(new Set(got)).toEqual(new Set(having));
  });

  it('whose bulk operation it is, and nobody else', () => {
    const got = found(audience, changeOf({ emailId: null, bulkId: 'b', userId: 'bob' }));
    expect(new Set(got)).toEqual(new Set(readers.filter(({ userId }) => userId === 'bob')));
  });
});

it('names a reader by what it saw until a moment ago, and no more once that is forgotten', () => {
  const none: ReadScope = {
    ...randomScope(seededRandom(1), 'ada'),
    ...{ everything: false, teamKeys: [], workedPacketRefs: [], readTeamKeys: [], readUserIds: [] },
    ...{ readPacketRefs: [] },
  };
  const audience = new Audience<FeedReader>();
  const reader = new FeedReader({ ...none, teamKeys: [4] }, false);
  audience.put(reader);
  const change = changeOf({ authorId: 'bob', teamKeys: [4] });
  reader.changeScope(none);
  audience.put(reader);
  expect(found(audience, change)).toEqual([reader]);
  reader.former = [];
  audience.put(reader);
  expect(found(audience, change)).toEqual([]);
  audience.remove(reader);
  expect(audience.isEmpty).toBe(true);
});
