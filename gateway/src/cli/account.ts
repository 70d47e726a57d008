import { EXIT, parseOptions, print, required, usage, type Command } from './command';
import { openOperatorDesk, type OperatorDesk } from './operator-desk';

const OPTIONS = {
  connection: { type: 'string' },
  user: { type: 'string' },
  role: { type: 'string' },
  department: { type: 'string' },
  team: { type: 'string', multiple: true },
  reach: { type: 'string', multiple: true },
  'whole-house': { type: 'boolean' },
  practitioner: { type: 'string' },
} as const;

type Options = ReturnType<typeof parseOptions<typeof OPTIONS>>;
type User = {
  readonly userName: string;
  readonly active: boolean;
  readonly roles: readonly { readonly value: string }[];
  readonly [ENTERPRISE]?: { readonly department?: string };
  readonly [STAFF]?: { readonly reach?: readonly string[] };
};
type Invitation = { readonly invitation: string; readonly address: string };

const USERS = '/scim/v2/Users';
const ENTERPRISE = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const STAFF = 'urn:medaccord:scim:staff';

const ACTIONS: Readonly<Record<string, (desk: OperatorDesk, options: Options) => Promise<readonly string[]>>> = {
  add,
  role: move,
  disable: (desk, options) => setActive(desk, options, false),
  enable: (desk, options) => setActive(desk, options, true),
  reset,
  end,
  list,
};

/** `account`: the accounts with which staff sign in at the gateway of an organisation. */
export const account: Command = async ([action = '', ...argv], config) => {
  const run = Object.hasOwn(ACTIONS, action) ? ACTIONS[action] : undefined;
  if (run === undefined) throw usage(`account must be followed by one of ${Object.keys(ACTIONS).join(', ')}.`);
  const options = parseOptions(argv, OPTIONS);
  for (const line of await run(await openOperatorDesk(options.connection, config), options)) print(line);
  return EXIT.done;
};

async function add({ client, as }: OperatorDesk, options: Options): Promise<readonly string[]> {
  const { department, team, reach, practitioner } = options;
  const user = {
    userName: required(options.user, '--user'),
    roles: [{ value: required(options.role, '--role') }],
    ...(department !== undefined && { [ENTERPRISE]: { department } }),
    [STAFF]: {
      ...(team !== undefined && { teams: team }),
      ...(reach !== undefined && { reach }),
      ...(practitioner !== undefined && { practitioner }),
    },
  };
  const answer = await client.post<{ readonly [STAFF]: Invitation }>(USERS, user, as);
  return tellInvitation(user.userName, answer[STAFF]);
}

/** What is named changes; the rest stays. */
async function move({ client, as }: OperatorDesk, options: Options): Promise<readonly string[]> {
  const { role, department, team, reach, 'whole-house': isWhole = false, practitioner } = options;
  if (isWhole && reach !== undefined) throw usage('--reach and --whole-house exclude each other.');
  const named = {
    roles: role === undefined ? undefined : [{ value: role }],
    [`${ENTERPRISE}:department`]: department,
    [`${STAFF}:teams`]: team,
    [`${STAFF}:reach`]: isWhole ? null : reach,
    [`${STAFF}:practitioner`]: practitioner,
  };
  const value = Object.fromEntries(Object.entries(named).filter(([, one]) => one !== undefined));
  if (Object.keys(value).length === 0)
    throw usage('Name what changes: --role, --department, --team, --reach, --whole-house or --practitioner.');
  return [tell(await client.patch<User>(pathOf(options), { Operations: [{ op: 'replace', value }] }, as))];
}

async function setActive({ client, as }: OperatorDesk, options: Options, active: boolean): Promise<readonly string[]> {
  const Operations = [{ op: 'replace', path: 'active', value: active }];
  return [tell(await client.patch<User>(pathOf(options), { Operations }, as))];
}

async function reset({ client, as }: OperatorDesk, options: Options): Promise<readonly string[]> {
  const user = required(options.user, '--user');
  return tellInvitation(user, await client.post<Invitation>(`/api/accounts/${encodeURIComponent(user)}/invitation`, '{}', as));
}

/** What is open in her name; she may sign in again. */
async function end({ client, as }: OperatorDesk, options: Options): Promise<readonly string[]> {
  const user = required(options.user, '--user');
  await client.remove(`/api/accounts/${encodeURIComponent(user)}/sessions`, as);
  return [`${user}: all sessions ended`];
}

async function list({ client, as }: OperatorDesk): Promise<readonly string[]> {
  const lines: string[] = [];
  for (;;) {
    const page = await client.get<{ totalResults: number; Resources: readonly User[] }>(
      `${USERS}?startIndex=${String(lines.length + 1)}`,
      as,
    );
    lines.push(...page.Resources.map(tell));
    if (page.Resources.length === 0 || lines.length >= page.totalResults) return lines;
  }
}

function pathOf({ user }: Options): string {
  return `${USERS}/${encodeURIComponent(required(user, '--user'))}`;
}

function tell({ userName, active, roles, [ENTERPRISE]: { department } = {}, [STAFF]: { reach } = {} }: User): string {
  const limit = reach === undefined ? '' : `within ${reach.join(', ')}`;
  const told = [userName, active ? 'active' : 'disabled', ...roles.map(({ value }) => value), department ?? '', limit];
  return told.filter((one) => one !== '').join('  ');
}

/** Told once: it is kept nowhere. */
function tellInvitation(user: string, { invitation, address }: Invitation): readonly string[] {
  return [`${user} chooses how to sign in within 72 hours, once, at`, `  ${address}`, `with the invitation`, `  ${invitation}`];
}
