import * as v from 'valibot';
import { packetTypes } from './outbox-view.ts';
import { headerText, hostId } from './field-schemas.ts';

const ids = v.optional(v.pipe(v.array(hostId), v.maxLength(10_000, 'Name at most 10,000.')), []);

/** Body of `PUT /v1/directory/users/:id`. */
export const directoryUser = v.strictObject({
  name: v.pipe(headerText(200), v.minLength(1, 'Must not be empty.')),
  /** `all` opens every email of the portal. */
  access: v.optional(v.picklist(['own', 'all']), 'own'),
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

/** Body of `PUT /v1/directory/packets/:ref`. The workers replace those known before. */
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
