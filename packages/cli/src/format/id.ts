/** The beginning of an id, for people who compare by eye; never for a decision. */
export const shortId = (id: string): string => (id.length <= 14 ? id : `${id.slice(0, 12)}…`)

/** A DID without its method, shortened. */
export const shortDid = (did: string): string => shortId(did.replace(/^did:medchain:/, ''))
