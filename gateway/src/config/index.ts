export type { Config, LogLevel } from './config';
export { ConfigError } from './config-error';
export type { ConnectionDocument } from './connection-document';
export { findOrigin } from './find-origin';
export { isProtectedAddress, type IssuersDocument, type TrustedIssuer } from './issuers-document';
export { loadConfig } from './load-config';
export { loadService } from './load-service';
export type { ServiceConfig } from './service-config';
export { formatVariables, variables } from './variables';
