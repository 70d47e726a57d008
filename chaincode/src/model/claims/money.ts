import { integer, RequestInvalid, type Parser } from '../encoding/parser';

/** Minor units of the plan's currency: cents, yen, fils. With this bound every product below is a safe integer. */
export const MOST_MONEY = 100_000_000_000;
/** Units of one line. */
export const MOST_UNITS = 10_000;
/** A hundredth of a percent is one basis point. */
export const WHOLE = 10_000;

export const parseMoney = integer(0, MOST_MONEY);
export const parseBasisPoints = integer(0, WHOLE);

export const roundings = ['down', 'half-even', 'half-up', 'up'] as const;
export type Rounding = (typeof roundings)[number];

/** The quotient of two integers as an integer; `dividend` at most 10^15. */
export function divide(dividend: number, divisor: number, rounding: Rounding): number {
  const rest = dividend % divisor;
  const quotient = (dividend - rest) / divisor;
  return isRoundedUp(rest * 2 - divisor, quotient, rounding) && rest > 0 ? quotient + 1 : quotient;
}

/** `beyondHalf` is positive above the half, zero at it. */
function isRoundedUp(beyondHalf: number, quotient: number, rounding: Rounding): boolean {
  switch (rounding) {
    case 'down':
      return false;
    case 'up':
      return true;
    case 'half-up':
      return beyondHalf >= 0;
    case 'half-even':
      return beyondHalf > 0 || (beyondHalf === 0 && quotient % 2 === 1);
  }
}

/** ISO 4217: how many decimal places the minor unit of a currency has, by the codes that have them. */
const codesByDigits: Readonly<Record<number, string>> = {
  0: 'BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF',
  2: `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT
    LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON
    RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD
    YER ZAR ZMW ZWG`,
  3: 'BHD IQD JOD KWD LYD OMR TND',
};
const digits = new Map(
  Object.entries(codesByDigits).flatMap(([places, codes]) => codes.split(/\s+/).map((code) => [code, Number(places)] as const)),
);

/** A currency of ISO 4217, by its code. */
export const parseCurrency: Parser<string> = (value, place) => {
  if (typeof value !== 'string' || !digits.has(value)) throw new RequestInvalid(place, 'a currency code of ISO 4217');
  return value;
};

/** How many decimal places the minor unit of a currency has. */
export function digitsOf(currency: string): number {
  return digits.get(currency) ?? 2;
}
