import type { Express } from 'express';

/** What Express keeps of a layer; it publishes no type for it. */
interface Layer {
  readonly name: string;
  readonly route?: { readonly path: string; readonly stack: readonly { readonly method?: string }[] };
}

/**
 * Everything that answers, asked of the running router: `GET /path` for each route, `use name` for whatever else is in the way of a request,
 * numbered, so that one more is noticed.
 */
export function listRoutes(app: Express): readonly string[] {
  const { stack } = app.router as unknown as { readonly stack: readonly Layer[] };
  let others = 0;
  return stack.flatMap(({ name, route }) => {
    if (route === undefined) return [`use ${String((others += 1))}: ${name.replace(/[<>]/g, '') || 'anonymous'}`];
    const methods = route.stack.flatMap(({ method }) => (method === undefined ? [] : [method.toUpperCase()]));
    return [...new Set(methods)].map((method) => `${method} ${route.path}`);
  });
}
