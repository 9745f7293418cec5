import { describe, expect, it } from 'vitest';
import { listBounds, listWays, type PageFacts } from './list-way.ts';
import type { Sight } from './visibility.ts';

const nothing: Sight = {
  ...{ everything: false, authorIds: [], packetRefs: [], teamKeys: [], systemMail: false, systemOnly: false },
};
const member: Sight = { ...nothing, teamKeys: [2] };
const everything: Sight = { ...nothing, everything: true };
const division: Sight = { ...nothing, teamKeys: Array.from({ length: 500 }, (_, key) => key) };

const page = (facts: Partial<PageFacts>): PageFacts => ({
  ...{ sight: member, bySubmission: false, filtered: false, searched: false, seesFew: null, fewMatch: null },
  ...facts,
});

describe('the ways to a page', () => {
  it('the newest of a team are merged, without a look at how many there are', () => {
    expect(listWays(page({ bySubmission: true }))).toEqual({ ways: ['merge'] });
    expect(listWays(page({ bySubmission: true, sight: { ...member, systemOnly: true } }))).toEqual({
      ways: ['merge'],
    });
  });

  it('whoever sees few emails has them gathered', () => {
    expect(listWays(page({}))).toEqual({ ways: [], ask: 'seesFew' });
    expect(listWays(page({ seesFew: true }))).toEqual({ ways: ['gather'] });
    expect(listWays(page({ seesFew: true, filtered: true, searched: true }))).toEqual({ ways: ['gather'] });
  });

  it('whoever sees many walks an order, and gathers when the walk is too long', () => {
    expect(listWays(page({ seesFew: false }))).toEqual({ ways: ['walk', 'gather'] });
    expect(listWays(page({ sight: everything }))).toEqual({ ways: ['walk', 'gather'] });
    expect(listWays(page({ sight: everything, bySubmission: true }))).toEqual({ ways: ['walk', 'gather'] });
  });

  it('of many teams the newest are met soon on a walk', () => {
    const many = page({ sight: division, bySubmission: true, seesFew: false });
    expect(listWays(many)).toEqual({ ways: ['walk', 'merge'] });
  });

  it('what few emails match is found by that', () => {
    const filtered = page({ sight: everything, filtered: true });
    expect(listWays(filtered)).toEqual({ ways: [], ask: 'fewMatch' });
    expect(listWays({ ...filtered, fewMatch: true })).toEqual({ ways: ['find'] });
    expect(listWays({ ...filtered, fewMatch: false })).toEqual({ ways: ['walk', 'gather'] });
  });

  it('a search begins with a glance', () => {
    const searched = page({ sight: everything, filtered: true, searched: true });
    expect(listWays(searched)).toEqual({ ways: ['glance'], ask: 'fewMatch' });
    const ofTeam = page({ bySubmission: true, filtered: true, searched: true, seesFew: false });
    expect(listWays(ofTeam)).toEqual({ ways: ['mergeGlance'], ask: 'fewMatch' });
    expect(listWays({ ...ofTeam, fewMatch: false })).toEqual({ ways: ['merge'] });
  });

  it('every question leads to a page in the end', () => {
    for (const sight of [nothing, member, everything, division])
      for (const bySubmission of [true, false])
        for (const filtered of [true, false])
          for (const known of [true, false]) {
            const facts = page({ sight, bySubmission, filtered, seesFew: known, fewMatch: known });
            const { ways, ask } = listWays(facts, { ...listBounds, filteredParts: 1 });
            expect(ask).toBeUndefined();
            expect(['merge', 'gather', 'find']).toContain(ways.at(-1));
          }
  });
});
