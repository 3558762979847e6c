/** Compartments of a patient record, the strictest label first among those that outrank the rest. */
export const COMPARTMENTS = [
  'general',
  'medication',
  'laboratory',
  'imaging',
  'genomics',
  'monitoring',
  'mental-health',
  'reproductive',
  'substance-use',
  'hiv',
  'violence',
  'notes',
  'claims',
] as const

export type Compartment = (typeof COMPARTMENTS)[number]

/** Left out of `all` unless named. */
export const PROTECTED_COMPARTMENTS = [
  'mental-health',
  'reproductive',
  'substance-use',
  'hiv',
  'violence',
  'notes',
] as const satisfies readonly Compartment[]

const STRICTNESS: readonly Compartment[] = [
  'notes',
  'substance-use',
  'hiv',
  'mental-health',
  'reproductive',
  'violence',
  'genomics',
]

const rank = (compartment: Compartment): number => {
  const position = STRICTNESS.indexOf(compartment)
  return position < 0 ? STRICTNESS.length : position
}

/** The stricter of two compartments; the first when both are of the same rank. */
export const strictest = (a: Compartment, b: Compartment): Compartment => (rank(b) < rank(a) ? b : a)

export const isCompartment = (name: string): name is Compartment =>
  (COMPARTMENTS as readonly string[]).includes(name)

export const isProtected = (compartment: Compartment): boolean =>
  (PROTECTED_COMPARTMENTS as readonly Compartment[]).includes(compartment)
