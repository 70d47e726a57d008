import { msp } from '@hyperledger/fabric-protos';
import { utf8 } from '../proto/bytes';

/** The public half of an organisation's identity; certificates and lists as PEM. */
export interface MspMaterial {
  readonly mspId: string;
  readonly caCertificates: readonly string[];
  readonly intermediateCertificates?: readonly string[];
  readonly tlsCaCertificates: readonly string[];
  readonly revocationLists?: readonly string[];
}

/** Serialized msp.MSPConfig of a member with NodeOUs, as configtxgen makes it of an MSP folder. */
export function newMspDefinition(material: MspMaterial): Uint8Array {
  const config = new msp.FabricMSPConfig();
  config.setName(material.mspId);
  config.setRootCertsList(material.caCertificates.map(utf8));
  config.setIntermediateCertsList((material.intermediateCertificates ?? []).map(utf8));
  config.setRevocationListList((material.revocationLists ?? []).map(utf8));
  config.setTlsRootCertsList(material.tlsCaCertificates.map(utf8));
  const crypto = new msp.FabricCryptoConfig();
  crypto.setSignatureHashFamily('SHA2');
  crypto.setIdentityIdentifierHashFunction('SHA256');
  config.setCryptoConfig(crypto);
  config.setFabricNodeOus(nodeOus(material));
  const wrapped = new msp.MSPConfig();
  wrapped.setConfig(config.serializeBinary());
  return wrapped.serializeBinary();
}

function nodeOus(material: MspMaterial): msp.FabricNodeOUs {
  const { caCertificates, intermediateCertificates = [] } = material;
  const issuers = intermediateCertificates.length > 0 ? intermediateCertificates : caCertificates;
  const identifier = (ou: string): msp.FabricOUIdentifier => {
    const message = new msp.FabricOUIdentifier();
    if (issuers.length === 1) message.setCertificate(utf8(issuers[0] ?? ''));
    message.setOrganizationalUnitIdentifier(ou);
    return message;
  };
  const message = new msp.FabricNodeOUs();
  message.setEnable(true);
  message.setClientOuIdentifier(identifier('client'));
  message.setPeerOuIdentifier(identifier('peer'));
  message.setAdminOuIdentifier(identifier('admin'));
  message.setOrdererOuIdentifier(identifier('orderer'));
  return message;
}
