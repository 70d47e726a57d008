// npm run bench: the ledger's figures, then the consortium's.
import { benchDevnet } from '../network/devnet/bench/devnet.mjs';

await benchDevnet();
