import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { newStaffToken, readConnections, type Connections } from '../../../src/cli/connections';
import { castStory, GatewayClient, type Member, type Plot, type Stage } from '../../../src/story';
import { newWallet } from '../../../src/wallet';

/** What the processes of a story have at hand, opened on a run folder; `onSend` hears of every request before it is sent. */
export interface OpenStage {
  readonly stage: Stage;
  readonly connections: Connections;
  memberOf(mspId: string): Member;
}

export async function openStage(runFolder: string, bundle: string, onSend: () => void = () => undefined): Promise<OpenStage> {
  const connections = await readConnections(runFolder);
  const clients = new Map(connections.members.map((member) => [member.mspId, new HeardClient(member.gateway, onSend)]));
  const clientOf = ({ mspId }: Member): GatewayClient => {
    const client = clients.get(mspId);
    if (client === undefined) throw new Error(`there is no member ${mspId}`);
    return client;
  };
  const stage: Stage = {
    cast: castStory(connections.members),
    clientOf,
    tokenOf: ({ mspId }, role) => {
      const document = connections.documents.get(mspId);
      if (document === undefined) throw new Error(`there is no connection document of ${mspId}`);
      return newStaffToken(document, { subject: `${role}-of-the-test`, role }, 1);
    },
    bundle,
    plan: readFileSync(join(__dirname, '../../../samples/demonstration-plan.json'), 'utf8'),
    saveWallet: () => Promise.resolve(),
  };
  const memberOf = (mspId: string): Member => {
    const member = connections.members.find((each) => each.mspId === mspId);
    if (member === undefined) throw new Error(`there is no member ${mspId}`);
    return member;
  };
  return { stage, connections, memberOf };
}

/** What a story knows at its beginning. */
export function newPlot(): Plot {
  return { wallet: newWallet(), requests: [], categories: [] } as Partial<Plot> as Plot;
}

class HeardClient extends GatewayClient {
  readonly #onSend: () => void;

  constructor(baseUrl: string, onSend: () => void) {
    super(baseUrl);
    this.#onSend = onSend;
  }

  override getText(...request: Parameters<GatewayClient['getText']>): Promise<string> {
    this.#onSend();
    return super.getText(...request);
  }

  override post<Body>(...request: Parameters<GatewayClient['post']>): Promise<Body> {
    this.#onSend();
    return super.post(...request);
  }
}
