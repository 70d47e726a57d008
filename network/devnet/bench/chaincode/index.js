'use strict';
const { Contract } = require('fabric-contract-api');

/** The least a chaincode can do: what is measured beside it is the ledger. */
class BenchContract extends Contract {
  async put(ctx, key, value) {
    await ctx.stub.putState(key, Buffer.from(value));
  }

  async nothing() {
    return '';
  }

  async count(ctx) {
    let rows = 0;
    for await (const row of ctx.stub.getStateByRange('', '')) rows += row.key === '' ? 0 : 1;
    return String(rows);
  }
}

exports.contracts = [BenchContract];
