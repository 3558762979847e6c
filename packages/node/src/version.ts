/** Of the package; shown by `node status`. */
export const VERSION = '0.1.0'

/** Prefix of the public routes. */
export const API_VERSION = 'v1'
