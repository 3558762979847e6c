import { isInstitutionRole, type Role } from '../identity/roles.ts'

/** `deidentified` asks whether rows derived from the record may be counted at the actor's institution. */
export type AccessMode = 'read' | 'write' | 'deidentified'

/**
 * Whether an account may use the grants and the authorship of its institution. Practitioners are its staff.
 * A device only writes for it, a researcher only counts de-identified rows there, a guardian never stands for it.
 */
export const speaksForInstitution = (role: Role, mode: AccessMode): boolean =>
  isInstitutionRole(role) ||
  role === 'practitioner' ||
  (role === 'device' && mode === 'write') ||
  (role === 'researcher' && mode === 'deidentified')
