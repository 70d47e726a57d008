import type { Orderer } from '../orderer/orderer';
import type { BlockDigests } from './block-digest';
import type { GatewayContext } from './gateway-context';
import type { PeerView } from './peer-view';
import type { RefusalDetail } from './refusal';

/** What the services of one organisation's endpoint work with. */
export interface ServiceContext extends GatewayContext {
  readonly view: PeerView;
  readonly digests: BlockDigests;
  readonly orderer: Orderer;
  /** Names the channel's orderers in error details: as many as would have refused. */
  readonly orderers: () => readonly Omit<RefusalDetail, 'message'>[];
  /** Test switch: whether the answer of this submit, which was accepted, is to be lost. */
  readonly losesAnswer: () => boolean;
  /** An error that is the devnet's own fault. */
  readonly onProblem: (error: unknown) => void;
}
