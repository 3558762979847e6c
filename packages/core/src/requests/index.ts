export * from './actions.ts'
export * from './audit-entry.ts'
export * from './disclosure.ts'
export * from './signed-request.ts'
