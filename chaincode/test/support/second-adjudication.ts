/**
 * A second opinion on the rule of adjudication: written from docs/reference/benefit-plan.md alone, to check adjudicate against. It counts in
 * BigInt, works the money out by closed formulas instead of moving parts about, and shares nothing with the first.
 */
import type { BenefitPlan, BilledClaim, ClaimFacts, ClaimLine, PlanCategory, Services } from '../../src/model/claims';

type Code = ClaimLine['service'];
type Counts = Readonly<Record<string, number>>;
interface SecondLine {
  readonly sequence: number;
  readonly outcome: string;
  readonly rule: string;
  readonly category: string | null;
  readonly units: number;
  readonly amounts: Counts;
  readonly adjustments: readonly { readonly reason: string; readonly amount: number; readonly rule: string }[];
}

interface SecondAnswer {
  readonly planId: string;
  readonly planVersion: number;
  readonly claimId: string;
  readonly outcome: string;
  readonly lines: readonly SecondLine[];
  readonly totals: Counts;
  readonly used: Counts;
  readonly accumulators: Counts;
}

type Effect = 'deny' | 'review';
type Verdict = readonly [outcome: 'denied' | 'review', reason: string, rule: string];
type Adjustment = readonly [reason: string, amount: bigint, rule: string];

const WHOLE = 10_000n;
const PATIENT_BEARS = new Set(
  `deductible copay coinsurance above-allowance limit-reached units-exceeded coverage-not-begun coverage-ended waiting-period out-of-network
   excluded`.split(/\s+/),
);
const CLEARABLE = new Set(
  `duplicate evidence-missing encounter-missing own-rule after-death evidence-tampered bundled-reversed units-implausible`.split(/\s+/),
);
const ELSEWHERE: Readonly<Record<string, string>> = {
  deductible: 'deductible',
  copay: 'copay',
  coinsurance: 'coinsurance',
  'over-tariff': 'discount',
  'prior-payer': 'priorpayerpaid',
};

const least = (...values: bigint[]): bigint => values.reduce((one, other) => (other < one ? other : one));
const most = (...values: bigint[]): bigint => values.reduce((one, other) => (other > one ? other : one));
const key = ({ system, code }: Code): string => `${system}|${code}`;
const epochDay = (day: string): number => Date.parse(`${day}T00:00:00Z`) / 86_400_000;
const within = ({ from, until }: BenefitPlan['period'], day: string): boolean => day >= from && (until === null || day < until);

function rounded(dividend: bigint, rounding: string): bigint {
  const [down, rest] = [dividend / WHOLE, dividend % WHOLE];
  const half = WHOLE / 2n;
  const isUp: Readonly<Record<string, boolean>> = {
    down: false,
    up: rest > 0n,
    'half-up': rest >= half,
    'half-even': rest > half || (rest === half && down % 2n !== 0n),
  };
  return isUp[rounding] ? down + 1n : down;
}

class Second {
  readonly used = new Map<string, bigint>();

  constructor(
    private readonly plan: BenefitPlan,
    private readonly before: Counts,
    private readonly claim: BilledClaim,
    private readonly facts: ClaimFacts,
  ) {}

  private counted(name: string): bigint {
    return BigInt(this.before[name] ?? 0) + (this.used.get(name) ?? 0n);
  }

  private count(name: string, amount: bigint): void {
    this.used.set(name, (this.used.get(name) ?? 0n) + amount);
  }

  private left(maximum: number | null, name: string): bigint {
    return maximum === null ? 10n ** 30n : most(0n, BigInt(maximum) - this.counted(name));
  }

  private fits(services: Services, line: ClaimLine, category: string | undefined): boolean {
    const { system, code } = line.service;
    const answers = [
      services.codes?.some((one) => one.system === system && [undefined, code].includes(one.code)),
      services.claimTypes?.includes(this.claim.type),
      services.recordTypes?.some((type) => line.recordTypes.includes(type)),
      services.categories?.some((one) => one === category),
    ];
    return !answers.includes(false);
  }

  categoryOf(line: ClaimLine): PlanCategory | undefined {
    return this.plan.categories.find(({ services }) => this.fits(services, line, undefined));
  }

  private here<T>({ inNetwork, outOfNetwork }: { readonly inNetwork: T; readonly outOfNetwork: T }): T {
    return this.facts.isInNetwork ? inNetwork : outOfNetwork;
  }

  private yearOf(day: string): string {
    const begins = this.plan.yearBegins;
    const [year, rest] = [Number(day.slice(0, 4)), day.slice(5)];
    return `${String(rest >= begins ? year : year - 1)}-${begins}`;
  }

  private counter(quantity: BenefitPlan['quantities'][number], line: ClaimLine): string {
    const span = quantity.per === 'day' ? `day/${line.day}` : `year/${this.yearOf(line.day)}`;
    return `${span}/units/${quantity.id}`;
  }

  private tariffOf(line: ClaimLine): { amount: bigint; unit: string | null } | undefined {
    const row = this.plan.tariffs.find(({ service }) => key(service) === key(line.service));
    const amount = row && this.here<number | null>(row);
    return amount === undefined || amount === null ? undefined : { amount: BigInt(amount), unit: row!.unit };
  }

  private isBilled(day: string, service: Code): boolean {
    return this.counted(`day/${day}/billed/${key(service)}`) > 0n;
  }

  private granted(line: ClaimLine): ClaimFacts['authorizations'][number] | undefined {
    return this.facts.authorizations.find((one) => one.id === line.authorization && key(one.service) === key(line.service));
  }

  /** Steps 1 to 17: everything that could stop the line, in its order. */
  private *stops(line: ClaimLine, category: PlanCategory | undefined): Generator<Verdict> {
    const { plan, facts, claim } = this;
    const { day } = line;
    const today = facts.at.slice(0, 10);
    const { from, until } = facts.coverage;
    const as = (effect: Effect, reason: string, rule: string): Verdict => [effect === 'deny' ? 'denied' : 'review', reason, rule];
    const about = (one: { readonly services: Services }): boolean => this.fits(one.services, line, category?.id);
    if (claim.currency !== plan.currency) yield ['review', 'currency-mismatch', 'currency'];
    if (!within(plan.period, day)) yield ['review', 'plan-not-in-force', 'period'];
    if (day < from) yield ['denied', 'coverage-not-begun', 'coverage'];
    if (until !== null && day >= until) yield ['denied', 'coverage-ended', 'coverage'];
    if (facts.deceasedOn !== null && facts.deceasedOn < day) yield ['review', 'after-death', 'patient'];
    if (day > today) yield ['denied', 'not-yet-served', 'claim'];
    if (plan.filingDays !== null && epochDay(today) - epochDay(day) > plan.filingDays) yield ['denied', 'filed-late', 'filingDays'];
    if (facts.duplicates.includes(line.sequence)) yield as(plan.duplicates, 'duplicate', 'duplicates');
    if (category === undefined) yield ['review', 'category-unknown', 'categories'];
    for (const bundle of plan.bundles)
      if (key(bundle.part) === key(line.service) && this.isBilled(day, bundle.whole)) yield ['denied', 'bundled', `bundles/${bundle.id}`];
    for (const bundle of plan.bundles)
      if (key(bundle.whole) === key(line.service) && this.isBilled(day, bundle.part))
        yield ['review', 'bundled-reversed', `bundles/${bundle.id}`];
    for (const { id, service, needs } of plan.companions) {
      const isBeside = needs.some(
        (one) => this.isBilled(day, one) || claim.lines.some((other) => other.day === day && key(other.service) === key(one)),
      );
      if (key(service) === key(line.service) && !isBeside) yield ['denied', 'companion-missing', `companions/${id}`];
    }
    const records = facts.evidence.filter((one) => one.line === line.sequence);
    if (!records.every(({ isIntact }) => isIntact)) yield ['review', 'evidence-tampered', 'evidence'];
    for (const rule of plan.evidence.filter(about)) {
      const [missing] = rule.recordTypes.filter((type) => !records.some(({ recordType }) => recordType === type));
      if (missing !== undefined)
        yield as(rule.otherwise, missing === 'Encounter' ? 'encounter-missing' : 'evidence-missing', `evidence/${rule.id}`);
    }
    const prior = line.priorPaid;
    const isStrange = facts.order === 'primary' ? prior !== undefined : prior === undefined || prior > line.charge;
    if (isStrange) yield ['review', 'coordination-unclear', 'coordination'];
    for (const waiting of plan.waitingPeriods.filter(about))
      if (epochDay(day) - epochDay(from) < waiting.days) yield ['denied', 'waiting-period', `waitingPeriods/${waiting.id}`];
    if (category && this.here(category) === null) yield ['denied', 'out-of-network', `categories/${category.id}`];
    const tariff = this.tariffOf(line);
    if (tariff === undefined && this.here(plan.untariffed) === null) yield ['review', 'tariff-unknown', 'untariffed'];
    if (tariff && tariff.unit !== null && tariff.unit !== line.unit) yield ['review', 'unit-mismatch', 'tariffs'];
    const granted = this.granted(line);
    for (const needed of plan.authorizations.filter(about))
      if (line.charge > needed.chargeOver && !(granted && within(granted.days, day)))
        yield ['denied', 'not-authorized', `authorizations/${needed.id}`];
    for (const quantity of plan.quantities.filter(about))
      if (quantity.over === 'review' && this.counted(this.counter(quantity, line)) + BigInt(line.units) > BigInt(quantity.maximum))
        yield ['review', 'units-implausible', `quantities/${quantity.id}`];
  }

  /** Steps 19 and 20. */
  private *laterStops(line: ClaimLine, category: PlanCategory): Generator<Verdict> {
    for (const one of this.plan.exclusions)
      if (this.fits(one.services, line, category.id)) yield ['denied', 'excluded', `exclusions/${one.id}`];
    const covered = epochDay(line.day) - epochDay(this.facts.coverage.from);
    const met = this.plan.rules.filter(({ services, when }) => {
      const { chargeOver, unitsOver, network, coveredForLessThan } = when;
      const against = [
        services !== null && !this.fits(services, line, category.id),
        chargeOver !== undefined && line.charge <= chargeOver,
        unitsOver !== undefined && line.units <= unitsOver,
        network !== undefined && network !== (this.facts.isInNetwork ? 'in' : 'out'),
        coveredForLessThan !== undefined && covered >= coveredForLessThan,
      ];
      return !against.includes(true);
    });
    for (const { id } of met.filter(({ then }) => then === 'deny')) yield ['denied', 'own-rule', `rules/${id}`];
    for (const { id } of met.filter(({ then }) => then === 'review')) yield ['review', 'own-rule', `rules/${id}`];
  }

  private firstOf(verdicts: Iterable<Verdict>, line: ClaimLine): Verdict | undefined {
    for (const verdict of verdicts) {
      const [outcome, reason, rule] = verdict;
      const said = this.facts.decisions.find((one) => one.line === line.sequence && one.reason === reason);
      if (outcome === 'denied' || said === undefined) return verdict;
      if (said.decision === 'deny') return ['denied', reason, rule];
      if (!CLEARABLE.has(reason)) return verdict;
    }
    return undefined;
  }

  decide(line: ClaimLine): SecondLine {
    const category = this.categoryOf(line);
    const charge = BigInt(line.charge);
    const stop = this.firstOf(this.stops(line, category), line);
    if (stop !== undefined)
      return this.written(line, category, stop[0], stop[2], { adjustments: this.denial(line, stop, [[stop[1], charge, stop[2]]]) });
    if (category === undefined) throw new Error('a line without a category must have stopped');

    const units = BigInt(line.units);
    const part = (n: bigint): bigint => (charge * n) / units;
    const granted = this.granted(line);
    const allowed = granted ? least(units, this.left(granted.units, `authorization/${granted.id}`)) : units;
    const about = this.plan.quantities.filter(({ services }) => this.fits(services, line, category.id));
    const bounds = about
      .filter(({ over }) => over === 'deny')
      .map((one) => [this.left(one.maximum, this.counter(one, line)), one.id] as const);
    const lowest = least(units, ...bounds.map(([left]) => left));
    const paidFor = least(allowed, lowest);
    const cuts: Adjustment[] = [];
    if (allowed < units) cuts.push(['authorization-exceeded', part(units) - part(allowed), 'authorizations']);
    if (paidFor < allowed)
      cuts.push(['units-exceeded', part(allowed) - part(paidFor), `quantities/${bounds.find(([left]) => left === lowest)![1]}`]);
    if (paidFor === 0n) {
      const last = cuts.at(-1)!;
      return this.written(line, category, 'denied', last[2], { adjustments: this.denial(line, ['denied', last[0], last[2]], cuts) });
    }
    for (const quantity of about) this.count(this.counter(quantity, line), paidFor);
    if (granted) this.count(`authorization/${granted.id}`, paidFor);
    const watched = new Set<string>();
    for (const { whole, part: held } of this.plan.bundles) watched.add(key(whole)).add(key(held));
    for (const { needs } of this.plan.companions) for (const one of needs) watched.add(key(one));
    if (watched.has(key(line.service))) this.count(`day/${line.day}/billed/${key(line.service)}`, paidFor);

    const later = this.firstOf(this.laterStops(line, category), line);
    if (later !== undefined)
      return this.written(line, category, later[0], later[2], { adjustments: this.denial(line, later, [[later[1], charge, later[2]]]) });
    return this.price(line, category, { units: paidFor, cuts, charged: part(paidFor) });
  }

  private price(
    line: ClaimLine,
    category: PlanCategory,
    { units, cuts, charged }: { units: bigint; cuts: Adjustment[]; charged: bigint },
  ): SecondLine {
    const { plan } = this;
    const year = this.yearOf(line.day);
    const tariff = this.tariffOf(line);
    const eligible = tariff ? least(charged, tariff.amount * units) : (charged * BigInt(this.here(plan.untariffed)!)) / WHOLE;
    const share = this.here(category)!;
    const own = `categories/${category.id}`;

    // The shares as if nobody else paid and nothing had a maximum.
    const wouldDeduct = share.deductible ? least(eligible, this.left(plan.deductible, `year/${year}/deductible`)) : 0n;
    const wouldCopay = least(BigInt(share.copay), eligible - wouldDeduct);
    const wouldCoinsure = rounded((eligible - wouldDeduct - wouldCopay) * BigInt(share.coinsurance), plan.rounding);
    const would = wouldDeduct + wouldCopay + wouldCoinsure;
    const isBounded = this.facts.isInNetwork && category.yearLimit === null;
    const bounded = isBounded ? least(would, this.left(plan.outOfPocketMaximum, `year/${year}/outOfPocket`)) : would;

    // What the payer before left of patient's share, benefit and the rest.
    const prior = BigInt(line.priorPaid ?? 0);
    const together = most(0n, eligible - prior);
    const patient = plan.coordination === 'standard' ? most(0n, bounded - prior) : least(bounded, together);
    const benefit = together - patient;
    let beyond = most(0n, prior - eligible);
    const lost: Adjustment[] = [...cuts, [this.facts.isInNetwork ? 'over-tariff' : 'above-allowance', charged - eligible, 'tariffs']];
    const remaining = lost
      .toReversed()
      .map(([reason, amount, rule]): Adjustment => {
        const covered = least(amount, beyond);
        beyond -= covered;
        return [reason, amount - covered, rule];
      })
      .toReversed();

    // Shares were taken away from their end: what is left of them fills up from their beginning.
    const deductible = least(wouldDeduct, patient);
    const copay = least(wouldCopay, patient - deductible);
    const coinsurance = patient - deductible - copay;
    const inCategory = least(benefit, this.left(category.yearLimit, `year/${year}/benefit/${category.id}`));
    const paid = least(inCategory, this.left(plan.yearLimit, `year/${year}/benefit`));

    this.count(`year/${year}/deductible`, deductible);
    if (isBounded) this.count(`year/${year}/outOfPocket`, patient);
    this.count(`year/${year}/benefit`, paid);
    this.count(`year/${year}/benefit/${category.id}`, paid);
    const adjustments: Adjustment[] = [
      ...remaining,
      ['deductible', deductible, 'deductible'],
      ['copay', copay, own],
      ['coinsurance', coinsurance, own],
      ['prior-payer', prior, 'coordination'],
      ['limit-reached', benefit - inCategory, own],
      ['limit-reached', inCategory - paid, 'yearLimit'],
    ];
    const told = adjustments.filter(([, amount]) => amount > 0n);
    if (bounded < would) told.push(['out-of-pocket-met', 0n, 'outOfPocketMaximum']);
    return this.written(line, category, 'paid', own, { adjustments: told, eligible, benefit: paid, units });
  }

  /** What the payer before paid covers what is denied from the last reason on. */
  private denial(line: ClaimLine, [outcome]: Verdict, reasons: readonly Adjustment[]): Adjustment[] {
    const prior = outcome === 'review' ? 0n : least(BigInt(line.priorPaid ?? 0), BigInt(line.charge));
    const total = reasons.reduce((sum, [, amount]) => sum + amount, 0n);
    let room = most(0n, total - prior);
    const kept = reasons.map(([reason, amount, rule]): Adjustment => {
      const stays = least(amount, room);
      room -= stays;
      return [reason, stays, rule];
    });
    return prior > 0n ? [...kept, ['prior-payer', prior, 'coordination']] : kept;
  }

  private written(
    line: ClaimLine,
    category: PlanCategory | undefined,
    outcome: string,
    rule: string,
    {
      adjustments,
      eligible = 0n,
      benefit = 0n,
      units = 0n,
    }: { adjustments: readonly Adjustment[]; eligible?: bigint; benefit?: bigint; units?: bigint },
  ): SecondLine {
    const amounts: Record<string, number> = {
      ...{ submitted: line.charge, eligible: Number(eligible), deductible: 0, copay: 0, coinsurance: 0, noncovered: 0, discount: 0 },
      ...{ priorpayerpaid: 0, benefit: Number(benefit), pending: 0, memberliability: 0 },
    };
    if (outcome === 'review') amounts['pending'] = line.charge;
    else {
      for (const [reason, amount] of adjustments) {
        amounts[ELSEWHERE[reason] ?? 'noncovered']! += Number(amount);
        if (PATIENT_BEARS.has(reason)) amounts['memberliability']! += Number(amount);
      }
    }
    return {
      sequence: line.sequence,
      outcome,
      rule,
      category: category?.id ?? null,
      units: Number(units),
      amounts,
      adjustments: adjustments.map(([reason, amount, by]) => ({ reason, amount: Number(amount), rule: by })),
    };
  }
}

/** The whole answer to a claim, worked out a second time. */
export function secondAdjudication(plan: BenefitPlan, accumulators: Counts, claim: BilledClaim, facts: ClaimFacts): SecondAnswer {
  const second = new Second(plan, accumulators, claim, facts);
  const lines = claim.lines.map((line) => second.decide(line));
  const waiting = lines.filter(({ outcome }) => outcome === 'review').length;
  const totals: Record<string, number> = {};
  for (const { amounts } of lines) for (const [name, amount] of Object.entries(amounts)) totals[name] = (totals[name] ?? 0) + amount;
  const used = Object.fromEntries([...second.used].filter(([, amount]) => amount > 0n).map(([name, amount]) => [name, Number(amount)]));
  const after: Record<string, number> = { ...accumulators };
  for (const [name, amount] of Object.entries(used)) after[name] = (after[name] ?? 0) + amount;
  return {
    planId: plan.planId,
    planVersion: plan.version,
    claimId: claim.claimId,
    outcome: waiting === 0 ? 'complete' : waiting === lines.length ? 'queued' : 'partial',
    lines,
    totals,
    used,
    accumulators: after,
  };
}
