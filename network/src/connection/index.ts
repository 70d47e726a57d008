export type { ConnectedIdentity, ConnectedMember, ConnectedOrganisation, ConnectedPeer, ConnectionDocument } from './connection-document';
export { renderConnection } from './render-connection';
export { writeConnections } from './write-connections';
