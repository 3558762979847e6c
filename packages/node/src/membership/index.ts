export { createMembership } from './create-membership.ts'
export { type Handovers, type KeptHandovers, openHandovers } from './handovers.ts'
