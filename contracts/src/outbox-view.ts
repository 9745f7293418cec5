/** The four views (M4), offered to everyone. */
export const outboxViews = ['mine', 'team', 'system', 'all'] as const;
export type OutboxView = (typeof outboxViews)[number];

export const importances = ['high', 'normal', 'low'] as const;
export type Importance = (typeof importances)[number];

export const packetTypes = ['ticket', 'case', 'action'] as const;
export type PacketType = (typeof packetTypes)[number];
