// A FHIR Consent judged as it stands, element by element: no grants, no code of the reader that it judges.

type Json = { readonly [key: string]: unknown }

export interface AskedOfConsent {
  readonly actor: string
  readonly compartment: string
  readonly record: string
  /** A day, YYYY-MM-DD. */
  readonly date: string
  readonly purpose: string
  readonly timeMs: number
}

const list = (value: unknown): readonly Json[] => (value === undefined ? [] : (value as readonly Json[]))

const ms = (text: unknown, end: boolean): number => {
  const day = /^\d{4}-\d{2}-\d{2}$/.test(String(text))
  return Date.parse(String(text)) + (end ? (day ? 86_400_000 : 1) : 0)
}

const isWithin = (period: unknown, fromMs: number, untilMs: number): boolean => {
  const { start, end } = (period ?? {}) as Json
  return (
    (start === undefined || ms(start, false) <= fromMs) && (end === undefined || untilMs <= ms(end, true))
  )
}

const idOf = (reference: unknown): string => String(((reference as Json)['identifier'] as Json)['value'])

const matches = (provision: Json, asked: AskedOfConsent): boolean => {
  const actors = list(provision['actor']).map(({ reference }) => idOf(reference))
  const labels = list(provision['securityLabel']).map(({ code }) => code)
  const purposes = list(provision['purpose']).map(({ code }) => code)
  const records = list(provision['data']).map(({ reference }) => idOf(reference))
  const dayMs = Date.parse(asked.date)
  return (
    (actors.length === 0 || actors.includes(asked.actor)) &&
    (labels.length === 0 || labels.includes(asked.compartment)) &&
    (purposes.length === 0 || purposes.includes(asked.purpose)) &&
    (records.length === 0 || records.includes(asked.record)) &&
    isWithin(provision['period'], asked.timeMs, asked.timeMs + 1) &&
    isWithin(provision['dataPeriod'], dayMs, dayMs + 86_400_000)
  )
}

const isDissent = (consent: Json): boolean =>
  list(consent['category']).some(({ coding }) => list(coding).some(({ code }) => code === 'OPTOUT'))

const voteOf = (consent: Json, asked: AskedOfConsent): 'permit' | 'deny' | 'silent' => {
  const root = consent['provision'] as Json
  if (consent['status'] !== 'active' || !matches(root, asked)) return 'silent'
  const exceptions = list(root['provision']).filter((each) => matches(each, asked))
  if (exceptions.some(({ type }) => type === 'deny')) return 'deny'
  if (exceptions.length > 0) return 'permit'
  if (root['type'] === 'permit') return 'permit'
  return isDissent(consent) ? 'deny' : 'silent'
}

/** Across consents deny beats permit, and without either nobody reads. */
export const permits = (consents: readonly Json[], asked: AskedOfConsent): boolean => {
  const votes = consents.map((consent) => voteOf(consent, asked))
  return votes.includes('permit') && !votes.includes('deny')
}
