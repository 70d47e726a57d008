'use strict';
const { Contract } = require('fabric-contract-api');

/** The least a chaincode can do: what is measured beside it is the ledger. */
class BenchContract extends Contract {
  async put(ctx, key, value) {
    await ctx.stub.putState(key, Buffer.from(value));
  }

  /** As samples make an asset: refused when it is there. */
  async create(ctx, key, value) {
    const standing = await ctx.stub.getState(key);
    if (standing.length > 0) throw new Error(`${key} exists`);
    await ctx.stub.putState(key, Buffer.from(JSON.stringify({ id: key, value })));
  }

  async nothing() {
    return '';
  }
}

exports.contracts = [BenchContract];
