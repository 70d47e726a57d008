import { readFile } from 'node:fs/promises';
import { CliError } from './cli-error';
import { EXIT, parseOptions, print, required, usage, type Command } from './command';
import { openOperatorDesk, type OperatorDesk } from './operator-desk';

const OPTIONS = {
  connection: { type: 'string' },
  id: { type: 'string' },
  title: { type: 'string' },
  redirect: { type: 'string', multiple: true },
  scope: { type: 'string', multiple: true },
  role: { type: 'string' },
  jwks: { type: 'string' },
} as const;

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>;
type Shown = { readonly clientId: string; readonly kind: string; readonly scopes: readonly string[] };

const CLIENTS = '/api/clients';

const ACTIONS: Readonly<Record<string, (desk: OperatorDesk, options: Options) => Promise<readonly string[]>>> = { add, remove, list };

/** `client`: the applications that may use the gateway of an organisation. */
export const client: Command = async ([action = '', ...argv], config) => {
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (run === undefined) throw usage(`client must be followed by one of ${Object.keys(ACTIONS).join(', ')}.`);
  const options = parseOptions(argv, OPTIONS);
  for (const line of await run(await openOperatorDesk(options.connection, config), options)) print(line);
  return EXIT.done;
};

/** With --redirect an application that staff use, with --role a backend service. */
async function add({ client: gateway, as }: OperatorDesk, options: Options): Promise<readonly string[]> {
  const { redirect, role, scope = [], jwks } = options;
  const clientId = required(options.id, '--id');
  const keys = jwks === undefined ? {} : /^https?:/.test(jwks) ? { jwksUri: jwks } : { jwks: await readKeys(jwks) };
  const body = {
    clientId,
    title: options.title ?? clientId,
    kind: redirect === undefined ? 'backend' : 'app',
    scopes: scope.flatMap((one) => one.split(' ')),
    ...(redirect !== undefined && { redirectUris: redirect }),
    ...(role !== undefined && { role }),
    ...keys,
  };
  return [tell(await gateway.post<Shown>(CLIENTS, body, as))];
}

async function remove({ client: gateway, as }: OperatorDesk, options: Options): Promise<readonly string[]> {
  const id = required(options.id, '--id');
  await gateway.remove(`${CLIENTS}/${encodeURIComponent(id)}`, as);
  return [`${id} is removed; its tokens work no longer.`];
}

async function list({ client: gateway, as }: OperatorDesk): Promise<readonly string[]> {
  return (await gateway.get<{ clients: readonly Shown[] }>(CLIENTS, as)).clients.map(tell);
}

function tell({ clientId, kind, scopes }: Shown): string {
  return `${clientId}  ${kind}  ${scopes.join(' ')}`;
}

async function readKeys(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    throw new CliError('KEYS_UNREADABLE', `${file} cannot be read as JSON.`, 'Name a file with a JWK set of public keys, or its address.');
  }
}
