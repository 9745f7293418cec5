import * as v from 'valibot';
import { directoryPacket, directoryTeam, directoryUser, hostId } from '@portal-outbox/contracts';
import { inTransaction } from '../db/database.ts';
import { putPacket, putTeam, putUser } from '../db/directory.ts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { check, checkBody, demandJson, operation } from './operation.ts';

const path = v.strictObject({ id: hostId });
const hostBackEnd = demandRole('portal');

/** Users, teams and packets as the host's back end keeps them; shows in views at once. */
export function putDirectory(app: App, { database }: Dependencies): void {
  const described = (summary: string) =>
    operation({ summary, answers: { 204: null }, problems: ['forbidden'] });

  app.put(
    '/v1/directory/users/:id',
    described('Put a user'),
    hostBackEnd,
    check('param', path),
    demandJson,
    checkBody(directoryUser),
    async (c) => {
      await putUser(database, c.get('identity').portalId, c.req.valid('param').id, c.req.valid('json'));
      return c.body(null, 204);
    },
  );

  app.put(
    '/v1/directory/teams/:id',
    described('Put a team with its members'),
    hostBackEnd,
    check('param', path),
    demandJson,
    checkBody(directoryTeam),
    async (c) => {
      const { portalId } = c.get('identity');
      await inTransaction(database, (tx) =>
        putTeam(tx, portalId, c.req.valid('param').id, c.req.valid('json')),
      );
      return c.body(null, 204);
    },
  );

  app.put(
    '/v1/directory/packets/:id',
    described('Put a packet with who works on it'),
    hostBackEnd,
    check('param', path),
    demandJson,
    checkBody(directoryPacket),
    async (c) => {
      const { portalId } = c.get('identity');
      await inTransaction(database, (tx) =>
        putPacket(tx, portalId, c.req.valid('param').id, c.req.valid('json')),
      );
      return c.body(null, 204);
    },
  );
}
