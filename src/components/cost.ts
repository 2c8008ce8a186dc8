/** `$0.0042`; enough digits that a cheap call is not free. @param usd US dollars */
export const costText = (usd: number): string => `$${usd >= 1 ? usd.toFixed(2) : usd.toPrecision(2)}`;
