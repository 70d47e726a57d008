export { ExternalIssuers } from './external-issuers';
