export * from './account-id.ts'
export * from './roles.ts'
