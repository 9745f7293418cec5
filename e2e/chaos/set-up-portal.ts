import type { Connector } from '@portal-outbox/contracts';
import type { PlannedFile } from './email-plan.ts';
import type { Victims } from './fault-kinds.ts';
import { ServiceCaller } from './service-caller.ts';
import { authorId, type Places } from './submit-emails.ts';

/** Seconds: short, so that what is deferred ends within the run. */
export const retryDelaysSeconds = [1, 2, 2, 3, 4];
const connectors = 4;

/** A portal with its back end, which may see everything, an author, connectors, a short retry pattern and its files. */
export async function setUpPortal(
  { stack, options }: Victims,
  files: readonly PlannedFile[],
): Promise<{ service: ServiceCaller; places: Places }> {
  const service = new ServiceCaller(stack.serviceUrl, stack.portal, {
    id: 'back-end',
    name: 'Back end',
    roles: ['portal', 'administrator'],
  });
  await service.demand('PUT', '/v1/directory/users/back-end', { name: 'Back end', access: 'all' });
  await service.demand('PUT', `/v1/directory/users/${authorId}`, { name: 'Ada' });
  await service.demand('PATCH', '/v1/settings', { retryDelaysSeconds });
  const connectorIds: string[] = [];
  for (let number = 1; number <= connectors; number += 1) {
    const { id } = await service.demand<Connector>('POST', '/v1/connectors', {
      name: `Chaos SMTP ${number}`,
      ...stack.mailServer,
      maxConnections: 3,
      messagesPerConnection: 20,
      ...(options.onUncertain === 'resend' && { onUncertain: 'resend' }),
    });
    await service.demand('POST', `/v1/connectors/${id}/enable`, {});
    connectorIds.push(id);
  }
  const fileIds: string[] = [];
  for (const { bytes } of files) {
    fileIds.push((await service.demand<{ id: string }>('POST', '/v1/attachments', bytes)).id);
  }
  return { service, places: { connectorIds, fileIds } };
}
