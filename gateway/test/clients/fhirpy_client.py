"""Drives a gateway with fhirpy, as an application's author would. Arguments: base URL, bearer token, reference of a registered patient.

Prints one JSON object with what it saw; the test says what it expects.
"""

import json
import sys

from fhirpy import SyncFHIRClient
from fhirpy.base.exceptions import OperationOutcome, ResourceNotFound


def bring_up(client, seen):
    """Create, read, update, versions, validation and deletion of one resource."""
    location = client.resource("Location", name="a", identifier=[{"system": "urn:place", "value": "1"}])
    location.save()
    seen["created"] = [location["meta"]["versionId"], client.reference("Location", location.id).to_resource()["name"]]
    location["name"] = "b"
    location.save()
    history = client.execute(f"Location/{location.id}/_history", method="get")
    seen["history"] = [entry["resource"]["name"] for entry in history["entry"]]
    first = client.execute(f"Location/{location.id}/_history/1", method="get")
    seen["vread"] = first["name"]
    again, is_new = client.resources("Location").search(identifier="urn:place|1").get_or_create(
        client.resource("Location", name="c", identifier=[{"system": "urn:place", "value": "1"}])
    )
    seen["conditional"] = [again["name"], is_new]
    location.delete()
    try:
        client.reference("Location", location.id).to_resource()
    except (ResourceNotFound, OperationOutcome) as error:
        seen["deleted"] = type(error).__name__


def exchange(client, seen):
    """A transaction with references between its entries, then a search over several pages."""
    full_url = "urn:uuid:6ba7b810-9dad-11d1-80b4-00c04fd430c8"
    entries = [
        {
            "fullUrl": full_url,
            "resource": {"resourceType": "Patient", "identifier": [{"system": "urn:mrn", "value": "py"}]},
            "request": {"method": "POST", "url": "Patient", "ifNoneExist": "identifier=urn:mrn|py"},
        }
    ]
    for number in range(5):
        resource = {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "glucose"},
            "subject": {"reference": full_url},
            "identifier": [{"system": "urn:lab", "value": f"py-{number}"}],
        }
        entries.append({"resource": resource, "request": {"method": "POST", "url": "Observation"}})
    done = client.execute("", method="post", data={"resourceType": "Bundle", "type": "transaction", "entry": entries})
    seen["transaction"] = [entry["response"]["status"][:3] for entry in done["entry"]]
    patient = client.resources("Patient").search(identifier="urn:mrn|py").get()
    found = client.resources("Observation").search(patient=patient.id).limit(2).fetch_all()
    seen["paged"] = [one["identifier"][0]["value"] for one in found]
    seen["counted"] = client.resources("Observation").search(patient=patient.id).count()


def main():
    url, token, subject = sys.argv[1:]
    client = SyncFHIRClient(url, authorization=f"Bearer {token}", extra_headers={"Medaccord-Subject": subject})
    seen = {}
    bring_up(client, seen)
    exchange(client, seen)
    print(json.dumps(seen))


main()
