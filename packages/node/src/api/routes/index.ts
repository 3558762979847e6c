import type { ApiServer } from '../server.ts'
import type { NodeServices } from '../services.ts'
import { accountRoutes } from './accounts.ts'
import { batchRoutes } from './batches.ts'
import { blockRoutes } from './blocks.ts'
import { bundleRoutes } from './bundles.ts'
import { chartRoutes } from './charts.ts'
import { erasureRoutes } from './erasures.ts'
import { eventRoutes } from './events.ts'
import { genesisRoutes } from './genesis.ts'
import { handoverRoutes } from './handovers.ts'
import { healthRoutes } from './health.ts'
import { memberRoutes } from './members.ts'
import { proofRoutes } from './proofs.ts'
import { statusRoutes } from './status.ts'
import { transactionRoutes } from './transactions.ts'

export type RegisterRoutes = (server: ApiServer, services: NodeServices) => void

const PUBLIC_ROUTES: readonly RegisterRoutes[] = [
  healthRoutes,
  statusRoutes,
  genesisRoutes,
  handoverRoutes,
  memberRoutes,
  blockRoutes,
  transactionRoutes,
  bundleRoutes,
  accountRoutes,
  chartRoutes,
  batchRoutes,
  erasureRoutes,
  proofRoutes,
  eventRoutes,
]

/** Every public route, then those of other rooms. */
export const installRoutes = (
  server: ApiServer,
  services: NodeServices,
  others: readonly RegisterRoutes[],
): void => {
  for (const register of [...PUBLIC_ROUTES, ...others]) register(server, services)
}
