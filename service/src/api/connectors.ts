import { randomUUID } from 'node:crypto';
import * as v from 'valibot';
import { connector, connectorDraft, connectorList, uuid } from '@portal-outbox/contracts';
import { createConnector, disableConnector, enableConnector, listConnectors } from '../db/connectors.ts';
import { inTransaction } from '../db/database.ts';
import { encryptSecret } from '../db/encrypted-secret.ts';
import { demandRole } from './authenticate.ts';
import type { App, Dependencies } from './context.ts';
import { check, checkBody, demandJson, operation } from './operation.ts';
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
      if (created !== null) return c.json(created, 201);
      const fields = [{ field: '/name', detail: 'Another connector has this name.' }];
      throw new ProblemError('invalid', 'Choose another name.', { fields });
    },
  );

  app.post(
    '/v1/connectors/:id/enable',
    operation({ summary: 'Enable', answers: { 200: connector }, problems: ['forbidden', 'not_found'] }),
    administrator,
    check('param', path),
    async (c) => {
      const enabled = await enableConnector(database, c.get('identity').portalId, c.req.valid('param').id);
      if (enabled === null) throw unknownConnector();
      return c.json(enabled);
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
      return c.json(disabled);
    },
  );
}

function unknownConnector(): ProblemError {
  return new ProblemError('not_found', 'No connector has this id.');
}
