/** Roles of accounts; the first list are institutions, which enter by genesis or by vote. */
export const INSTITUTION_ROLES = [
  'hospital',
  'laboratory',
  'pharmacy',
  'manufacturer',
  'distributor',
  'insurer',
  'research',
  'regulator',
  'procurement',
] as const

/** Roles that an institution enrols. */
export const PERSON_ROLES = ['practitioner', 'researcher', 'device', 'guardian'] as const

export const ROLES = [...INSTITUTION_ROLES, ...PERSON_ROLES] as const

export type InstitutionRole = (typeof INSTITUTION_ROLES)[number]
export type PersonRole = (typeof PERSON_ROLES)[number]
export type Role = (typeof ROLES)[number]

export const isInstitutionRole = (role: string): role is InstitutionRole =>
  (INSTITUTION_ROLES as readonly string[]).includes(role)
