import type { ReadScope } from './visibility.ts';

/** A reader who sees their own emails alone. */
export const nobody: ReadScope = {
  portalId: 'portal',
  userId: 'me',
  everything: false,
  systemMail: false,
  teamKeys: [],
  workedPacketRefs: [],
  readTeamKeys: [],
  readUserIds: [],
  readPacketRefs: [],
  leadsTeam: false,
  hasTeam: false,
};
