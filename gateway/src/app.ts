export { x } from '@medaccord/chaincode/model';
