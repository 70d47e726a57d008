/** A request of a chaincode that the simulator refuses. The message is Fabric's text, which goes to the chaincode. */
export class RequestRefused extends Error {
  override readonly name = 'RequestRefused';
}
