import { z } from 'zod';
import { newRoute, type Route } from '../route';

/** What the gateway counts, for a monitor. */
export function newMetricsRoutes(render: () => Promise<string>): readonly Route[] {
  return [
    newRoute({
      method: 'get',
      path: '/metrics',
      summary: "What the gateway counts, in Prometheus' text format",
      access: { by: 'monitor' },
      audit: 'none',
      response: z.string(),
      needsLedger: false,
      isRoutine: true,
      lane: 'none',
      handle: async () => ({ body: await render(), contentType: 'text/plain; version=0.0.4' }),
    }),
  ];
}
