import { join } from 'node:path';

/** What the chaincode's own tests make on a devnet: a release, and an audit log that was anchored twice. */
export interface AuditedStory {
  readonly proof: object & { readonly entries: readonly { readonly text: string; readonly path: readonly string[] }[] };
  readonly rewritten: object;
  readonly receipt: string;
}

interface Consortium {
  readonly devnet: { exportBlocks(folder: string): unknown };
  stop(): Promise<void>;
}

interface Modules {
  readonly DevnetConsortium: { start(folder: string, members: readonly string[]): Promise<Consortium> };
  readonly runAuditedStory: (consortium: Consortium) => Promise<AuditedStory>;
}

const support = join(__dirname, '../../../chaincode/test/support');

/** Its types are the chaincode's own, compiled by its own settings. */
const load = (name: string): Promise<Modules> => import(join(support, name)) as Promise<Modules>;

/** Runs it, and leaves the blocks in a folder. */
export async function newAuditedChain(data: string, blocks: string): Promise<AuditedStory> {
  // The story's own consortium in memory, which is not used here, brings an older copy of Fabric's messages that takes the place of the devnet's.
  jest.doMock(join(support, 'consortium-twin'), () => ({}));
  const { runAuditedStory } = await load('audited-story');
  const { DevnetConsortium } = await load('devnet-consortium');
  const consortium = await DevnetConsortium.start(data, ['AlphaMSP', 'BetaMSP', 'GammaMSP', 'DeltaMSP']);
  try {
    const story = await runAuditedStory(consortium);
    consortium.devnet.exportBlocks(blocks);
    return story;
  } finally {
    await consortium.stop();
  }
}
