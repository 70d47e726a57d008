export { parseCriteria } from './criteria';
export { WebhookDeliverer } from './deliverer';
export { EndpointGuard, type WebhookPlaces } from './endpoint-guard';
export { splitHeader } from './new-letter';
export type { WebhookConfig } from './webhook-options';
