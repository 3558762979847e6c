export type { ConsentScope, ConsentSet, ConsentTerms } from './consent-terms.ts'
export { type ReadConsent, termsFromConsent } from './decode-consent.ts'
export { consentFromSet } from './encode-consent.ts'
