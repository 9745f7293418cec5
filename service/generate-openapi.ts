import { generateSpecs } from 'hono-openapi';
import { createApp } from './src/api/app.ts';
import type { Dependencies } from './src/api/context.ts';
import { documentation } from './src/api/operator-routes.ts';

/** The HTTP API as OpenAPI 3.1, from the operations themselves. Nothing is called, so nothing is connected. */
export async function describeHttp(): Promise<unknown> {
  const app = createApp({ requestsPerMinute: 1, widgetFolder: null } as Dependencies, []);
  return await generateSpecs(app, { documentation });
}
