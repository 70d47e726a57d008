// npm run bench [-- --ledger devnet,fabric]: each ledger's figures, then the consortium's on it, and on Fabric what our timers give.
import { parseArgs } from 'node:util';
import { benchConsortium } from '../gateway/bench/consortium.mjs';
import { benchFabricTimers } from '../network/bench/fabric-timers.mjs';
import { benchLedger } from '../network/bench/ledger.mjs';

const { values } = parseArgs({ options: { ledger: { type: 'string', default: 'devnet' }, seconds: { type: 'string', default: '6' } } });
const seconds = Number(values.seconds);

for (const ledger of values.ledger.split(',')) {
  const { write, asset } = await benchLedger({ ledger, seconds });
  await benchConsortium({ ledger, seconds, write, asset });
}
if (values.ledger.includes('fabric')) await benchFabricTimers({ seconds });
