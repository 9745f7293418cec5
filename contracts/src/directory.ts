import * as v from 'valibot';
import { packetTypes } from './outbox-view.ts';
import { headerText, hostId } from './field-schemas.ts';

const ids = v.optional(v.pipe(v.array(hostId), v.maxLength(10_000, 'Name at most 10,000.')), []);

/** Body of `PUT /v1/directory/users/:id`. What it grants replaces what was granted before. */
export const directoryUser = v.strictObject({
  name: v.pipe(headerText(200), v.minLength(1, 'Must not be empty.')),
  /** `all` opens every email of the portal. */
  access: v.optional(v.picklist(['own', 'all']), 'own'),
  /** Users whose mail this one may see too: what they send. */
  accessUserIds: ids,
  /** Teams whose mail, with that of all below them, this one may see without being in them. */
  accessTeamIds: ids,
});
export type DirectoryUser = v.InferOutput<typeof directoryUser>;

/** Body of `PUT /v1/directory/teams/:id`. The members replace those known before. */
export const directoryTeam = v.strictObject({
  name: v.pipe(headerText(200), v.minLength(1, 'Must not be empty.')),
  parentId: v.optional(v.nullable(hostId), null),
  leaderId: v.optional(v.nullable(hostId), null),
  memberIds: ids,
});
export type DirectoryTeam = v.InferOutput<typeof directoryTeam>;

/** Body of `PUT /v1/directory/packets/:id`; the id is the packet's reference. The workers replace those known before. */
export const directoryPacket = v.strictObject({
  type: v.picklist(packetTypes),
  title: headerText(500),
  /** http(s) or relative: where the host shows the packet. */
  url: v.optional(
    v.nullable(
      v.pipe(headerText(2000), v.regex(/^(https?:\/\/|\/(?!\/))/, 'Give an http(s) or relative URL.')),
    ),
    null,
  ),
  workerIds: ids,
  /** Users who may see its emails without working on it. */
  accessIds: ids,
});
export type DirectoryPacket = v.InferOutput<typeof directoryPacket>;

export const directoryKinds = ['user', 'team', 'packet'] as const;
export type DirectoryKind = (typeof directoryKinds)[number];

/** A line of `POST /v1/directory/sync` that puts. */
export const directoryEntry = v.variant('kind', [
  v.strictObject({ kind: v.literal('user'), id: hostId, ...directoryUser.entries }),
  v.strictObject({ kind: v.literal('team'), id: hostId, ...directoryTeam.entries }),
  v.strictObject({ kind: v.literal('packet'), id: hostId, ...directoryPacket.entries }),
]);
export type DirectoryEntry = v.InferOutput<typeof directoryEntry>;

/** A line of `POST /v1/directory/sync` that deletes. */
export const directoryDeletion = v.strictObject({
  kind: v.picklist(directoryKinds),
  id: hostId,
  deleted: v.literal(true),
});
export type DirectoryDeletion = v.InferOutput<typeof directoryDeletion>;

export const directoryLine = v.union([directoryEntry, directoryDeletion]);
export type DirectoryLine = v.InferOutput<typeof directoryLine>;

/** Answer of `POST /v1/directory/sync`. What was applied stays applied, whatever is wrong with other lines. */
export const directorySync = v.object({
  /** Lines that were read, empty ones left out. */
  lines: v.number(),
  /** Users, teams and packets that are different now; the rest was known already. */
  changed: v.number(),
  /** Removed because the request is complete and did not name them; `null` when it could not be: a line was wrong. */
  removed: v.nullable(v.number()),
  invalid: v.number(),
  /** What is wrong with the first 100 lines that could not be taken; `field` is a JSON pointer into the line. */
  problems: v.array(
    v.object({
      line: v.number(),
      fields: v.array(v.object({ field: v.string(), detail: v.string() })),
    }),
  ),
});
export type DirectorySync = v.InferOutput<typeof directorySync>;
