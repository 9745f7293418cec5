import { describe, expect, it } from 'vitest';
import { defaultRetryDelaysSeconds, type RetryPreview } from '@portal-outbox/contracts';
import { portalApi } from './api-fixture.ts';
import { givenOutbox } from './outbox-fixture.ts';

const given = givenOutbox();
const api = portalApi(given);

const preview = (retryDelaysSeconds: unknown, roles: 'administrator'[] = ['administrator']) =>
  api.call('ada', 'POST', '/v1/settings/preview', { body: { retryDelaysSeconds }, roles });

describe('the preview of a retry pattern', () => {
  it('lists when it tries again, with the bounds of the jitter, each and added up', async () => {
    const { status, body } = await preview([60, 300]);
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        {
          ...{ afterSeconds: 60, earliestSeconds: 48, latestSeconds: 72 },
          ...{ sinceFirstSeconds: 60, sinceFirstEarliestSeconds: 48, sinceFirstLatestSeconds: 72 },
        },
        {
          ...{ afterSeconds: 300, earliestSeconds: 240, latestSeconds: 360 },
          ...{ sinceFirstSeconds: 360, sinceFirstEarliestSeconds: 288, sinceFirstLatestSeconds: 432 },
        },
      ],
    });
  });

  it('saves nothing', async () => {
    await preview([60]);
    const saved = await api.call('ada', 'GET', '/v1/settings', { roles: ['administrator'] });
    expect(saved.body).toMatchObject({ retryDelaysSeconds: defaultRetryDelaysSeconds, revision: 0 });
  });

  it('takes no delay at all, and ten', async () => {
    expect((await preview([])).body).toEqual({ items: [] });
    expect(((await preview(Array(10).fill(60))).body as RetryPreview).items).toHaveLength(10);
  });

  it.each([
    ['eleven delays', Array(11).fill(60)],
    ['a delay of nothing', [0]],
    ['a second and a half', [1.5]],
    ['more than 30 days', [30 * 24 * 3600 + 1]],
    ['words', ['60']],
    ['no list', 60],
  ])('refuses %s, as saving does', async (_, delays) => {
    const { status, body } = await preview(delays);
    expect(status).toBe(400);
    expect(body).toMatchObject({
      code: 'invalid',
      fields: [{ field: expect.stringMatching(/^\/retryDelays/) as string }],
    });
    const options = { body: { retryDelaysSeconds: delays }, roles: ['administrator' as const] };
    expect((await api.call('ada', 'PATCH', '/v1/settings', options)).status).toBe(400);
  });

  it('is for administrators', async () => {
    expect(await preview([60], [])).toMatchObject({ status: 403, body: { code: 'forbidden' } });
  });
});
