export * from './committed-header.ts'
export * from './handover.ts'
