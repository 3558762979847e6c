export { type Handovers, type KeptHandovers, openHandovers } from './handovers.ts'
