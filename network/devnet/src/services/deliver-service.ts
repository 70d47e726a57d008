import type { MethodDefinition, ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { serveDeliver, type DeliverKind, type DeliverStream } from './deliver';
import type { ServiceContext } from './service-context';

type Raw = MethodDefinition<Uint8Array, Uint8Array>;

/** protos.Deliver with messages as bytes: envelopes and blocks pass as they are. */
export const deliverService: ServiceDefinition = {
  Deliver: raw('Deliver'),
  DeliverFiltered: raw('DeliverFiltered'),
  DeliverWithPrivateData: raw('DeliverWithPrivateData'),
};

export function newDeliverHandlers(context: ServiceContext): UntypedServiceImplementation {
  const serve = (kind: DeliverKind) => (stream: DeliverStream) => serveDeliver(context, kind, stream);
  return { Deliver: serve('full'), DeliverFiltered: serve('filtered'), DeliverWithPrivateData: serve('private') };
}

function raw(name: string): Raw {
  return {
    path: `/protos.Deliver/${name}`,
    requestStream: true,
    responseStream: true,
    requestSerialize: (message) => Buffer.from(message),
    requestDeserialize: (bytes) => new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength),
    responseSerialize: asBuffer,
    responseDeserialize: (bytes) => bytes,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
