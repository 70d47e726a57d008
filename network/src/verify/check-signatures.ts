import { common } from '@hyperledger/fabric-protos';
import {
  attempt,
  blockHeaderBytes,
  blockQuorum,
  concat,
  decode,
  readSignatureHeader,
  type Channel,
  type SignedData,
} from '@medaccord/devnet/blocks';
import { newFinding, type Finding } from './finding';
import type { BlockSignature, OpenedBlock } from './opened-block';

export interface SignatureCheck {
  /** Different orderers whose signatures fit. */
  readonly signers: number;
  readonly finding: Finding | undefined;
}

/** One signature, as far as it can be attributed and tried. */
interface Tried {
  readonly claim: SignedData | undefined;
  /** Identity of a signer whose signature fits. */
  readonly signer: string | undefined;
  readonly problem: string | undefined;
}

const POLICY = '/Channel/Orderer/BlockValidation';
/** The capability with which blocks may name their signers by number (common/capabilities/channel.go, ConsensusTypeBFT). */
const NAMES_BY_NUMBER = 'V3_0';

/**
 * The orderers' signatures over metadata value, signer and header, by the configuration that held when the block was made: each of them, the
 * policy BlockValidation as a peer evaluates it (protoutil/blockutils.go, BlockSignatureVerifier), and for BFT ordering a quorum of different consenters.
 */
export function checkSignatures(block: OpenedBlock, channel: Channel): SignatureCheck {
  const { signed } = block;
  if (signed === undefined) return { signers: 0, finding: newFinding(block.number, 'quorum', 'its signatures cannot be read') };
  const tried = noteRepetitions(signed.signatures.map((signature) => trySignature(signature, block, signed.value, channel)));
  const signers = new Set(tried.flatMap(({ signer }) => (signer === undefined ? [] : [signer]))).size;
  const claims = tried.flatMap(({ claim }) => (claim === undefined ? [] : [claim]));
  const problems = tried.flatMap(({ problem }) => (problem === undefined ? [] : [problem]));
  const lack = findLack(channel, signers, claims);
  if (lack !== undefined) return { signers, finding: newFinding(block.number, 'quorum', [lack, ...problems].join('; ')) };
  return { signers, finding: problems.length === 0 ? undefined : newFinding(block.number, 'signature', problems.join('; ')) };
}

function findLack(channel: Channel, signers: number, claims: readonly SignedData[]): string | undefined {
  const orderers = channel.consenters.length;
  if (channel.consensus === 'BFT' && signers < blockQuorum(orderers))
    return `${signers} of ${orderers} orderers signed it, and ${blockQuorum(orderers)} have to`;
  const verdict = channel.policies.evaluate(POLICY, claims);
  return verdict.satisfied ? undefined : verdict.explanation;
}

function trySignature(found: BlockSignature, block: OpenedBlock, value: Uint8Array, channel: Channel): Tried {
  const isNumbered = found.signatureHeader.length === 0 && found.identifierHeader.length > 0;
  const named = isNumbered && channel.capabilities.channel.includes(NAMES_BY_NUMBER) ? byNumber(found, channel) : byCreator(found);
  if (named.identity === undefined) return { claim: undefined, signer: undefined, problem: `${named.who} signed` };
  const claim = {
    identity: named.identity,
    message: concat(value, isNumbered ? found.identifierHeader : found.signatureHeader, blockHeaderBytes(block)),
    signature: found.signature,
  };
  const identity = channel.msps.identify(named.identity);
  if ('problem' in identity) {
    const where = identity.mspId === undefined ? '' : ` of ${identity.mspId}`;
    return { claim, signer: undefined, problem: `the certificate of ${named.who}${where} is not one of the channel (${identity.problem})` };
  }
  const who = `${named.who} (${identity.mspId})`;
  if (!identity.verify(claim.message, claim.signature))
    return { claim, signer: undefined, problem: `the signature of ${who} does not fit` };
  return { claim, signer: identity.id, problem: undefined };
}

interface Named {
  readonly who: string;
  /** Serialized msp.SerializedIdentity. */
  readonly identity: Uint8Array | undefined;
}

function byNumber({ identifierHeader }: BlockSignature, { consenters }: Channel): Named {
  const number = attempt(() => decode(common.IdentifierHeader, identifierHeader).getIdentifier());
  if (number === undefined) return { who: 'an orderer that cannot be read', identity: undefined };
  const consenter = consenters.find(({ id }) => id === number);
  if (consenter === undefined) return { who: `orderer ${number}, which the configuration does not have,`, identity: undefined };
  return { who: `orderer ${number}`, identity: consenter.identity };
}

function byCreator({ signatureHeader }: BlockSignature): Named {
  const header = signatureHeader.length === 0 ? undefined : attempt(() => readSignatureHeader(signatureHeader));
  return header === undefined ? { who: 'nobody that is named', identity: undefined } : { who: 'an orderer', identity: header.creator };
}

/** An orderer that signed twice counts once. */
function noteRepetitions(tried: readonly Tried[]): readonly Tried[] {
  const seen = new Set<string>();
  return tried.map((each) => {
    if (each.signer === undefined) return each;
    const isRepeated = seen.has(each.signer);
    seen.add(each.signer);
    return isRepeated ? { ...each, problem: 'one orderer signed twice, which counts once' } : each;
  });
}
