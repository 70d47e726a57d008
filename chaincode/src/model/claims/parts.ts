/** A part of an amount that is divided. */
export interface AmountPart {
  amount: number;
}

/** Takes an amount away from parts, the last one first, each as far as it goes. */
export function takeFromEnd(parts: readonly AmountPart[], amount: number): void {
  let left = amount;
  for (const part of parts.toReversed()) {
    const taken = Math.min(part.amount, left);
    part.amount -= taken;
    left -= taken;
  }
}

export function sum(parts: readonly Readonly<AmountPart>[]): number {
  return parts.reduce((total, { amount }) => total + amount, 0);
}
