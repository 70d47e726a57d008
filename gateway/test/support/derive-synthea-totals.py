"""What the demonstration plan pays for the claims of the Synthea bundles, worked out apart from the chaincode.

Reads gateway/samples/demonstration-plan.json as a person would and writes its consequences out by hand: exact decimals, dollars instead of
cents, one patient after the other, claims in the order of their first day of service (then as they stand in the bundle). `withheld` is what
becomes of them where the patient lets the insurer see no record: a visit without its encounter and a procedure without its report wait.

    python3 derive-synthea-totals.py ../../../../shared/data/synthea > ../fixtures/synthea-adjudication.json
"""
import json
import sys
from decimal import ROUND_HALF_UP, Decimal as D
from pathlib import Path

CHECK_UP, EMERGENCY = "185349003", "50849002"
VISITS = {"185345009", "185347001", "210098006", "371883000", "390906007", "698314001"}
DIAGNOSTICS = {"117015009", "19490002", "23426006", "312681000", "395142003", "399208008", "60027007", "73761001"}
TREATMENT = {"274474001", "288086009", "313191000"}
DOCUMENTATION, COUNSELLING, ADRENALINE = "428191000124101", "311791003", "313191000"
TARIFFS = {"117015009": D("350"), "23426006": D("420"), "399208008": D("610"), "cvx 140": D("90")}
CENT = D("0.01")


class Year:
    def __init__(self):
        self.deductible, self.own, self.medicines, self.flu = D(500), D(3000), D(1500), 1


def lines_of(claim):
    """Number, code and charge; the first item without an amount costs what the total has left, the others bill nothing."""
    items = claim["item"]
    rest = claim["total"]["value"] - sum(item["net"]["value"] for item in items if "net" in item)
    for item in items:
        coding = item["productOrService"]["coding"][0]
        code = coding["code"] if coding["system"].endswith("sct") else "cvx " + coding["code"]
        if "net" in item:
            yield code, item["net"]["value"]
        elif rest is not None:
            yield code, rest
            rest = None


def lacks_evidence(claim, code):
    """Medicines, vaccinations and paperwork are paid without any."""
    return claim["type"]["coding"][0]["code"] != "pharmacy" and code in {CHECK_UP, EMERGENCY} | VISITS | DIAGNOSTICS | TREATMENT


def decide(claim, code, charge, year, codes_of_day, is_shown):
    """Outcome, benefit, what the patient bears."""
    nothing = ("denied", D(0), charge)
    written_off = ("denied", D(0), D(0))
    waits = ("review", D(0), D(0))
    if claim["type"]["coding"][0]["code"] == "pharmacy":
        if charge > 5000:
            return waits
        copay = min(D(15), charge)
        tenth = ((charge - copay) * D("0.1")).quantize(CENT, ROUND_HALF_UP)
        paid = min(charge - copay - tenth, year.medicines)
        year.medicines -= paid
        return "paid", paid, charge - paid
    if code == DOCUMENTATION and CHECK_UP in codes_of_day:
        return written_off
    if code == ADRENALINE and not codes_of_day & {EMERGENCY, "185345009"}:
        return written_off
    if lacks_evidence(claim, code) and not is_shown:
        return waits
    if code in DIAGNOSTICS and charge > 10000:
        return written_off
    if code == "cvx 140":
        if year.flu == 0:
            return nothing
        year.flu -= 1
    if code == COUNSELLING:
        return nothing
    if charge > 5000:
        return waits
    eligible = min(charge, TARIFFS.get(code, charge))
    if code.startswith("cvx") or code == CHECK_UP:
        share = D(0)
    elif code == EMERGENCY:
        share = min(D(100), eligible)
    elif code in VISITS:
        share = min(D(25), eligible)
    elif code in DIAGNOSTICS | TREATMENT | {DOCUMENTATION}:
        deductible = min(eligible, year.deductible)
        share = deductible + ((eligible - deductible) / 5).quantize(CENT, ROUND_HALF_UP)
        # The deductible is the last part that the maximum takes over.
        year.deductible -= min(deductible, year.own)
    else:
        return waits
    share = min(share, year.own)
    year.own -= share
    return "paid", eligible - share, share


def total_of(bundle, is_shown):
    claims = [entry["resource"] for entry in bundle["entry"] if entry["resource"]["resourceType"] == "Claim"]
    claims.sort(key=lambda claim: claim["billablePeriod"]["start"])
    years, billed = {}, {}
    total = {"claims": len(claims), "lines": 0, "paid": 0, "denied": 0, "review": 0}
    money = {"submitted": D(0), "benefit": D(0), "memberliability": D(0), "pending": D(0)}
    for claim in claims:
        day = claim["billablePeriod"]["start"][:10]
        year = years.setdefault(day[:4], Year())
        lines = list(lines_of(claim))
        # What a companion needs may stand anywhere in its claim; a bundle's whole must have been billed before its part.
        before = billed.setdefault(day, set())
        for code, charge in lines:
            here = before | {other for other, _ in lines} if code == ADRENALINE else before
            outcome, benefit, liability = decide(claim, code, charge, year, here, is_shown)
            # What waits for its evidence has not been billed as the whole of a bundle.
            if is_shown or not lacks_evidence(claim, code):
                before.add(code)
            total["lines"] += 1
            total[outcome] += 1
            money["submitted"] += charge
            money["benefit"] += benefit
            money["memberliability"] += liability
            money["pending"] += charge if outcome == "review" else 0
    return {**total, **{name: int(amount * 100) for name, amount in money.items()}}


def main(folder):
    files = [file for file in sorted(Path(folder).glob("*.json")) if not file.name.startswith("hospital")]
    bundles = {file.name: json.loads(file.read_text(), parse_float=D, parse_int=D) for file in files}
    totals = {name: total_of(bundle, True) for name, bundle in bundles.items()}
    withheld = {name: total_of(bundle, False) for name, bundle in bundles.items()}
    everything = {name: sum(one[name] for one in totals.values()) for name in next(iter(totals.values()))}
    derivation = "gateway/test/support/derive-synthea-totals.py, which shares nothing with the chaincode; money in cents"
    answer = {"derivation": derivation, "everything": everything, "patients": totals, "withheld": withheld}
    print(json.dumps(answer, indent=2, default=int))


main(sys.argv[1])
