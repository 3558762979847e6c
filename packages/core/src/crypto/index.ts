export * from './hash.ts'
export * from './merkle-log.ts'
export * from './sha256.ts'
export type * from './signature.ts'
