import type { NodeServices, RegisterRoutes } from './api/index.ts'

/** A part of the daemon beside ledger, network and API: its routes, and what it has to close. */
export interface Room {
  readonly registerRoutes?: RegisterRoutes
  readonly close: () => Promise<void>
}

/** Makes a room once the ledger has loaded; the network opens only after all rooms stand. */
export type RoomFactory = (services: NodeServices) => Promise<Room>
