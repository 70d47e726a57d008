import { staffRoles, type StaffRole } from '@medaccord/chaincode/model';
import { parseOptions, print, required, usage, EXIT, type Command } from './command';
import { newStaffToken, readConnection } from './connections';

const OPTIONS = {
  connection: { type: 'string' },
  role: { type: 'string' },
  name: { type: 'string', default: 'staff' },
  department: { type: 'string' },
  team: { type: 'string', multiple: true },
  reach: { type: 'string', multiple: true },
  hours: { type: 'string', default: '12' },
} as const;
const MOST_HOURS = 12;

/** `token`: signs a bearer token for a member of staff with the organisation's token key. */
export const token: Command = async (argv, { keys }) => {
  const { connection, role, name, department, team, reach, hours } = parseOptions(argv, OPTIONS);
  const document = await readConnection(required(connection, '--connection'));
  const claims = {
    subject: name,
    role: parseRole(required(role, '--role')),
    ...(department === undefined ? {} : { department }),
    ...(team === undefined ? {} : { teams: team }),
    ...(reach === undefined ? {} : { reach }),
  };
  print(await newStaffToken(document, claims, parseHours(hours), keys));
  return EXIT.done;
};

function parseRole(text: string): StaffRole {
  const known = staffRoles.find((role) => role === text && role !== 'gateway');
  if (known === undefined) throw usage(`--role must be one of ${staffRoles.filter((role) => role !== 'gateway').join(', ')}.`);
  return known;
}

function parseHours(text: string): number {
  const hours = Number(text);
  if (!(hours > 0 && hours <= MOST_HOURS)) throw usage(`--hours must be a number above 0, ${String(MOST_HOURS)} at most.`);
  return hours;
}
