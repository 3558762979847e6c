export * from './committed-header.ts'
export * from './handover.ts'
export * from './transaction-inclusion.ts'
