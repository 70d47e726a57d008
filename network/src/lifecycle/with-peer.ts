import type { Organisation } from '../topology';
import { openPeerConnection, type PeerConnection } from './peer-connection';

/** Lets an organisation's admin ask its own peer something, and hangs up. @throws LifecycleError MATERIAL_MISSING, and what `ask` throws */
export async function withPeer<T>(organisation: Organisation, ask: (connection: PeerConnection) => Promise<T>): Promise<T> {
  const connection = openPeerConnection(organisation);
  try {
    return await ask(connection);
  } finally {
    connection.close();
  }
}
