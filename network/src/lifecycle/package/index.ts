export { newChaincodePackage, type ChaincodeContent, type ChaincodePackage } from './chaincode-package';
