import { GatewayClient } from '../story';
import { required } from './command';
import type { CliConfig } from './config';
import { newStaffToken, readConnection } from './connections';

/** What an operator says to the gateway of an organisation; whoever can read its token key is one. */
export interface OperatorDesk {
  readonly client: GatewayClient;
  readonly as: { readonly token: string };
}

const hours = 0.1;

/** @throws {CliError} USAGE, CONNECTION_UNREADABLE, TOKEN_KEY_MISSING */
export async function openOperatorDesk(connection: string | undefined, { keys }: Pick<CliConfig, 'keys'>): Promise<OperatorDesk> {
  const document = await readConnection(required(connection, '--connection'));
  const { mspId } = document.organisation;
  const gateway = required(document.members.find((member) => member.mspId === mspId)?.gateway, 'the gateway of the organisation');
  const token = await newStaffToken(document, { subject: 'medaccord command', role: 'operator' }, hours, keys);
  return { client: new GatewayClient(gateway), as: { token } };
}
