import { portalClient, type PortalClient } from '../stack/portal-client.ts';
import type { Stack } from '../stack/stack.ts';

/**
 * The portal's own back end at the service: it submits emails, keeps the directory in step and may change
 * connectors. Each call gives a client with a fresh token, so a demo may run for days.
 */
export type BackEnd = () => PortalClient;

export function backEndOf(stack: Pick<Stack, 'serviceUrl' | 'portal'>): BackEnd {
  return () =>
    portalClient(stack.serviceUrl, stack.portal, {
      id: 'meridian-back-end',
      name: 'Meridian',
      roles: ['portal', 'administrator'],
    });
}
