import { Metadata, status, type ServiceError } from '@grpc/grpc-js';
import { gateway } from '@hyperledger/fabric-protos';
import { concat, utf8 } from '../proto/bytes';
import { GatewayRefusal, type RefusalDetail } from './refusal';
import { bytesField, numberField } from './wire-fields';

const DETAIL_TYPE = utf8('type.googleapis.com/gateway.ErrorDetail');
const STATUS_DETAILS = 'grpc-status-details-bin';
/** Explanations for people who develop, beside Fabric's own status: UTF-8 text, one entry each. */
export const EXPLANATION = 'devnet-explanation-bin';

/** What gRPC sends for a refusal, with Fabric's details in the trailer; anything else is the devnet's own fault and says nothing of itself. */
export function toServiceError(error: unknown, onProblem: (error: unknown) => void): ServiceError {
  const refusal = error instanceof GatewayRefusal ? error : new GatewayRefusal(status.INTERNAL, 'the devnet failed; its log says why');
  if (refusal !== error) onProblem(error);
  const metadata = new Metadata();
  if (refusal.details.length > 0) metadata.set(STATUS_DETAILS, Buffer.from(newStatus(refusal)));
  for (const explanation of refusal.explanations) metadata.add(EXPLANATION, Buffer.from(explanation));
  return Object.assign(new Error(refusal.message), { code: refusal.grpcCode, details: refusal.message, metadata });
}

/** Serialized google.rpc.Status{code, message, details[Any]}. */
function newStatus({ grpcCode, message, details }: GatewayRefusal): Uint8Array {
  const packed = details.map((detail) => bytesField(3, concat(bytesField(1, DETAIL_TYPE), bytesField(2, newDetail(detail)))));
  return concat(numberField(1, grpcCode), bytesField(2, utf8(message)), ...packed);
}

function newDetail({ address, mspId, message }: RefusalDetail): Uint8Array {
  const detail = new gateway.ErrorDetail();
  detail.setAddress(address);
  detail.setMspId(mspId);
  detail.setMessage(message);
  return detail.serializeBinary();
}
