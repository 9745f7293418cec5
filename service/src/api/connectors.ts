import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import {
  connector,
  connectorDraft,
  connectorList,
  connectorPatch,
  enableChoice,
  heldEmails,
  uuid,
  type HeldEmails,
} from '@portal-outbox/contracts';
import { changeConnector } from '../db/change-connector.ts';
import { createConnector, disableConnector, listConnectors, readConnector } from '../db/connectors.ts';
import { inTransaction } from '../db/database.ts';
import { encryptSecret } from '../db/encrypted-secret.ts';
import { enableAndDecide, readHeld } from '../db/held-emails.ts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { etagOf, matchesRevision } from './if-match.ts';
import { check, checkBody, demandJson, emptyOrJson, operation } from './operation.ts';
import { ProblemError } from './problem-answer.ts';

const path = v.strictObject({ id: uuid });
const administrator = demandRole('administrator');

/** Connectors as an administrator sets them up (M20). A password goes in and never comes out. */
export function connectors(app: App, { database, secretKey }: Dependencies): void {
  app.get(
    '/v1/connectors',
    operation({ summary: 'List connectors', answers: { 200: connectorList }, problems: ['forbidden'] }),
    administrator,
    async (c) => c.json({ items: await listConnectors(database, c.get('identity').portalId) }),
  );

  app.post(
    '/v1/connectors',
    operation({
      summary: 'Create a connector, disabled',
      answers: { 201: connector },
      problems: ['forbidden'],
    }),
    administrator,
    demandJson,
    checkBody(connectorDraft),
    async (c) => {
      const draft = c.req.valid('json');
      const id = randomUUID();
      const password = draft.password === null ? null : encryptSecret(secretKey, id, draft.password);
      const created = await createConnector(database, c.get('identity').portalId, id, draft, password);
      if (created === null) throw nameTaken();
      return c.json(created, 201, { ETag: etagOf(created.revision) });
    },
  );

  app.get(
    '/v1/connectors/:id',
    operation({
      summary: 'Read a connector',
      answers: { 200: connector },
      problems: ['forbidden', 'not_found'],
    }),
    administrator,
    check('param', path),
    async (c) => {
      const found = await readConnector(database, c.get('identity').portalId, c.req.valid('param').id);
      if (found === null) throw unknownConnector();
      return c.json(found, 200, { ETag: etagOf(found.revision) });
    },
  );

  app.patch(
    '/v1/connectors/:id',
    operation({
      summary: 'Change a connector (RFC 7396); the password stays unless it is named, null removes it',
      answers: { 200: connector },
      problems: ['forbidden', 'not_found', 'version_conflict'],
    }),
    administrator,
    check('param', path),
    demandJson,
    checkBody(connectorPatch),
    async (c) => {
      const { id } = c.req.valid('param');
      const { password, ...rest } = c.req.valid('json');
      const change = {
        ...rest,
        ...(password !== undefined && {
          passwordEncrypted: password === null ? null : encryptSecret(secretKey, id, password),
        }),
      };
      const ifMatch = c.req.header('if-match');
      const result = await changeConnector(database, c.get('identity').portalId, id, change, (revision) =>
        matchesRevision(ifMatch, revision),
      );
      switch (result.kind) {
        case 'changed':
          return c.json(result.connector, 200, { ETag: etagOf(result.connector.revision) });
        case 'unknown':
          throw unknownConnector();
        case 'conflict':
          throw new ProblemError('version_conflict', 'Read the connector again, then change it.');
        case 'name_taken':
          throw nameTaken();
        case 'password_needed':
          throw new ProblemError('invalid', 'Give the password again, or null for none.', {
            fields: [
              {
                field: '/password',
                detail: 'A stored password is not sent to another server, port or user.',
              },
            ],
          });
      }
    },
  );

  app.get(
    '/v1/connectors/:id/held',
    operation({
      summary: 'Emails whose time has passed while they wait for the connector',
      answers: { 200: heldEmails },
      problems: ['forbidden', 'not_found'],
    }),
    administrator,
    check('param', path),
    async (c) => {
      const held = await readHeld(database, c.get('identity').portalId, c.req.valid('param').id);
      if (held === null) throw unknownConnector();
      return c.json(held);
    },
  );

  app.post(
    '/v1/connectors/:id/enable',
    operation({
      summary: 'Enable; when emails are held, say whether to release them or to leave them Failed',
      answers: { 200: connector },
      problems: ['forbidden', 'not_found', 'connector_disabled'],
    }),
    administrator,
    check('param', path),
    emptyOrJson,
    checkBody(enableChoice),
    async (c) => {
      const { held = null } = c.req.valid('json');
      const result = await inTransaction(database, (tx) =>
        enableAndDecide(tx, c.get('identity').portalId, c.req.valid('param').id, held),
      );
      switch (result.kind) {
        case 'enabled':
          return c.json(result.connector, 200, { ETag: etagOf(result.connector.revision) });
        case 'unknown':
          throw unknownConnector();
        case 'held':
          throw undecided(result.held);
      }
    },
  );

  app.post(
    '/v1/connectors/:id/disable',
    operation({ summary: 'Disable', answers: { 200: connector }, problems: ['forbidden', 'not_found'] }),
    administrator,
    check('param', path),
    async (c) => {
      const disabled = await inTransaction(database, (tx) =>
        disableConnector(tx, c.get('identity').portalId, c.req.valid('param').id, 'administrator'),
      );
      if (disabled === null) throw unknownConnector();
      return c.json(disabled, 200, { ETag: etagOf(disabled.revision) });
    },
  );
}

function unknownConnector(): ProblemError {
  return new ProblemError('not_found', 'No connector has this id.');
}

function nameTaken(): ProblemError {
  const fields = [{ field: '/name', detail: 'Another connector has this name.' }];
  return new ProblemError('invalid', 'Choose another name.', { fields });
}

function undecided(held: HeldEmails): ProblemError {
  const { count, oldestDueAt } = held;
  const detail =
    `Still disabled: ${count} held, the oldest due at ${oldestDueAt}. ` +
    'Send {"held": "release"} to send them, or {"held": "leave"} to leave them Failed for a manual Retry.';
  return new ProblemError('connector_disabled', detail, { held });
}
