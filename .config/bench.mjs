// npm run bench: the ledger's figures, then the consortium's.
import { benchConsortium } from '../gateway/bench/consortium.mjs';
import { benchDevnet } from '../network/devnet/bench/devnet.mjs';

const writes = await benchDevnet();
await benchConsortium({ baseline: { name: 'a blind write', result: writes } });
