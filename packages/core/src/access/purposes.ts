/** HL7 v3 PurposeOfUse codes that a grant or a statement may name. */
export const PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT', 'HRESCH', 'BTG', 'PATRQT'] as const

export type Purpose = (typeof PURPOSES)[number]

export const isPurpose = (name: string): name is Purpose => (PURPOSES as readonly string[]).includes(name)

/** The patient's own request and an emergency: no grant opens these, though one may forbid them. */
export const RESERVED_PURPOSES = ['BTG', 'PATRQT'] as const satisfies readonly Purpose[]

/** Purposes for which an institution reads what it wrote itself. */
export const AUTHOR_PURPOSES = ['TREAT', 'HPAYMT', 'HOPERAT'] as const satisfies readonly Purpose[]
