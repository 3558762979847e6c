export { createInvite } from './invites.ts'
