import * as v from 'valibot';
import { directoryPacket, directoryTeam, directoryUser, hostId, limits } from '@portal-outbox/contracts';
import { applyDirectory } from '../db/directory.ts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { limitBody } from './limit-body.ts';
import { check, checkBody, demandJson, operation } from './operation.ts';

const path = v.strictObject({ id: hostId });
const hostBackEnd = demandRole('portal');
const limitEntry = limitBody(
  limits.directoryEntryBytes,
  `Send at most ${limits.directoryEntryBytes} bytes: make the team or packet smaller.`,
);

/** Users, teams and packets as the host's back end keeps them; shows in views at once. */
export function putDirectory(app: App, { database }: Dependencies): void {
  const described = (summary: string) =>
    operation({ summary, answers: { 204: null }, problems: ['forbidden', 'too_large'] });

  app.put(
    '/v1/directory/users/:id',
    described('Put a user, with whose mail they may see'),
    hostBackEnd,
    limitEntry,
    check('param', path),
    demandJson,
    checkBody(directoryUser),
    async (c) => {
      const { id } = c.req.valid('param');
      const entry = { kind: 'user' as const, id, ...c.req.valid('json') };
      await applyDirectory(database, c.get('identity').portalId, [entry]);
      return c.body(null, 204);
    },
  );

  app.put(
    '/v1/directory/teams/:id',
    described('Put a team with its members'),
    hostBackEnd,
    limitEntry,
    check('param', path),
    demandJson,
    checkBody(directoryTeam),
    async (c) => {
      const { id } = c.req.valid('param');
      const entry = { kind: 'team' as const, id, ...c.req.valid('json') };
      await applyDirectory(database, c.get('identity').portalId, [entry]);
      return c.body(null, 204);
    },
  );

  app.put(
    '/v1/directory/packets/:id',
    described('Put a packet with who works on it'),
    hostBackEnd,
    limitEntry,
    check('param', path),
    demandJson,
    checkBody(directoryPacket),
    async (c) => {
      const { id } = c.req.valid('param');
      const entry = { kind: 'packet' as const, id, ...c.req.valid('json') };
      await applyDirectory(database, c.get('identity').portalId, [entry]);
      return c.body(null, 204);
    },
  );

  for (const kind of ['user', 'team', 'packet'] as const) {
    app.delete(
      `/v1/directory/${kind}s/:id`,
      described(`Delete a ${kind}; one that is not there is deleted already`),
      hostBackEnd,
      check('param', path),
      async (c) => {
        const { id } = c.req.valid('param');
        await applyDirectory(database, c.get('identity').portalId, [{ kind, id, deleted: true }]);
        return c.body(null, 204);
      },
    );
  }
}
