export { claimFormats, newClaimSource, type ClaimExportRequest } from './claim-source';
export { listExported } from './list-exported';
