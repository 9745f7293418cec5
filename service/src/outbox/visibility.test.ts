import { describe, expect, it } from 'vitest';
import { firstView, viewsOf, type ReadScope } from './visibility.ts';

const nobody: ReadScope = {
  portalId: 'portal',
  userId: 'me',
  everything: false,
  systemMail: false,
  teamUserIds: ['me'],
  teamPacketRefs: [],
  readablePacketRefs: [],
  leadsTeam: false,
  hasTeam: false,
};
const mate: Partial<ReadScope> = { teamUserIds: ['me', 'mate'], hasTeam: true };

describe('an email is in', () => {
  it.each<[string, Partial<ReadScope>, string | null, string | null, string]>([
    ['my own', {}, 'me', null, 'all mine team'],
    ['my own, of a packet that I cannot see', {}, 'me', 'P', 'all mine team'],
    ['a stranger’s', {}, 'stranger', null, ''],
    ['a team mate’s', mate, 'mate', null, 'all team'],
    ['a stranger’s, of a packet my team works on', { teamPacketRefs: ['P'] }, 'stranger', 'P', 'all team'],
    ['a stranger’s, of another packet', { teamPacketRefs: ['P'] }, 'stranger', 'Q', ''],
    ['a stranger’s, of a packet I may read', { readablePacketRefs: ['P'] }, 'stranger', 'P', 'all'],
    ['a system email of a packet my team works on', { teamPacketRefs: ['P'] }, null, 'P', 'all system team'],
    ['a system email of a packet I may read', { readablePacketRefs: ['P'] }, null, 'P', 'all system'],
    ['a system email of another packet', { systemMail: true }, null, 'P', ''],
    ['a system email without a packet', {}, null, null, ''],
    ['a system email without a packet, to a leader', { systemMail: true }, null, null, 'all system'],
    ['a stranger’s, to a leader', { systemMail: true, leadsTeam: true }, 'stranger', null, ''],
    ['anything, to who was given all', { everything: true }, 'stranger', 'P', 'all'],
    ['a system email, to who was given all', { everything: true }, null, null, 'all system'],
  ])('%s: %s', (_, scope, authorId, packetRef, views) => {
    expect(
      viewsOf({ ...nobody, ...scope }, { authorId, packetRef })
        .toSorted()
        .join(' '),
    ).toBe(views);
  });
});

it('takes whoever leads a team to My Team Emails, everyone else to My Emails', () => {
  expect(firstView({ ...nobody, leadsTeam: true })).toBe('team');
  expect(firstView({ ...nobody, ...mate })).toBe('mine');
  expect(firstView(nobody)).toBe('mine');
});
