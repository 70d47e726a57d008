/** No peers can be found for a transaction; the message is Fabric's text. */
export class PlanningRefused extends Error {
  override readonly name = 'PlanningRefused';
}
