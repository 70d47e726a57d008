export { formatFhirXml } from './format-fhir-xml';
export { parseFhirXml } from './parse-fhir-xml';
