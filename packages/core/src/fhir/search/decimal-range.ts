const DECIMAL = /^(-?)(\d{1,40})(?:\.(\d{1,40}))?(?:[eE]([+-]?\d{1,3}))?$/

export interface DecimalRange {
  readonly number: number
  readonly low: number
  readonly high: number
}

/**
 * The span a decimal covers at its written precision (FHIR R4 §3.1.1.4.6): 100 is 99.5 to 100.5, 5.40 is 5.395
 * to 5.405. The ends are rounded once, from exact decimal text. Undefined when the text is not a decimal.
 */
export const decimalRange = (text: string): DecimalRange | undefined => {
  const parts = DECIMAL.exec(text)
  if (parts === null) return undefined
  const [, sign = '', whole = '', fraction = '', exponentText = '0'] = parts
  const number = Number(text)
  if (!Number.isFinite(number)) return undefined
  const scaled = BigInt(`${sign}${whole}${fraction}0`)
  const exponent = Number(exponentText) - fraction.length - 1
  return { number, low: Number(`${scaled - 5n}e${exponent}`), high: Number(`${scaled + 5n}e${exponent}`) }
}
