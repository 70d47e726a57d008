import { join } from 'node:path';

interface KubernetesDocument {
  readonly apiVersion: string;
  readonly kind: string;
}

interface Validator {
  (document: unknown): boolean;
  readonly errors?: readonly object[] | null;
}

// eslint-disable-next-line @typescript-eslint/no-require-imports -- one module for each kind, found by its name
const load = (name: string): { validate: Validator } => require(join(SCHEMAS, `${name}.js`)) as { validate: Validator };
const SCHEMAS = join(__dirname, '../../../node_modules/kubernetes-models/_schemas');

/**
 * What Kubernetes would refuse in an object: what its schema says, and every field that no schema knows. The schemas are open, as those of the
 * API server are; a field is unknown when its validator never asks for it.
 *
 * @returns one line for each mistake
 */
export function findKubernetesMistakes(document: KubernetesDocument): string[] {
  const unread: (() => string[])[] = [];
  const { validate } = load(schemaName(document));
  const valid = validate(watchReads(document, '', unread));
  return [...(valid ? [] : (validate.errors ?? []).map((error) => JSON.stringify(error))), ...unread.flatMap((list) => list())];
}

/** `apps/v1`, `StatefulSet`: IoK8sApiAppsV1StatefulSet */
function schemaName({ apiVersion, kind }: KubernetesDocument): string {
  const [version = '', group = 'core'] = apiVersion.split('/').reverse();
  const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
  return `IoK8sApi${capital(group.split('.')[0] ?? '')}${capital(version)}${kind}`;
}

function watchReads(value: unknown, path: string, unread: (() => string[])[]): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const read = new Set<string>();
  const parts = new Map<string, unknown>();
  unread.push(() =>
    Object.keys(value)
      .filter((key) => !read.has(key))
      .map((key) => `${path}/${key}: unknown`),
  );
  return new Proxy(value, {
    get: (target, key): unknown => {
      const part: unknown = Reflect.get(target, key);
      if (typeof key !== 'string' || !Object.hasOwn(target, key)) return part;
      read.add(key);
      if (!parts.has(key)) parts.set(key, watchReads(part, `${path}/${key}`, unread));
      return parts.get(key);
    },
  });
}
