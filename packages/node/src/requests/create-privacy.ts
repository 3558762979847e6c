import path from 'node:path'
import type { Result } from '@medchain/core'
import type { FastifyInstance } from 'fastify'
import { createCustody } from '../custody/create-custody.ts'
import { createDirectory } from '../directory/create-directory.ts'
import type { SponsorPolicy } from '../directory/invites.ts'
import { createDispatcher } from './dispatcher.ts'
import { createPeerExchange } from './peer-exchange.ts'
import type { PrivacyPorts } from './ports.ts'
import { registerPrivacyRoutes } from './routes.ts'

export interface PrivacyOptions {
  /** For outboxes and uploads. */
  readonly folder: string
  readonly auditFolder: string
  /** Folder of `createInvite`. */
  readonly invites: string
  readonly sponsorPolicy: SponsorPolicy
}

/** The privacy side of a node as the composition root mounts it. */
export interface Privacy {
  /** Begins to answer other nodes; the chain must be readable. */
  readonly start: () => Promise<void>
  readonly close: () => Promise<void>
  readonly routes: (server: FastifyInstance) => void
  /** The encoded answer to a signed request. */
  readonly answer: (bytes: Uint8Array) => Promise<Result<Uint8Array>>
  /** Drops what was handed over and never anchored; answers how many batches. */
  readonly sweep: () => Promise<number>
  /** Tries every outbox at once; answers how much still waits. */
  readonly retry: () => Promise<number>
}

export const createPrivacy = async (ports: PrivacyPorts, options: PrivacyOptions): Promise<Privacy> => {
  const { folder, invites, sponsorPolicy } = options
  const exchange = createPeerExchange(ports.peers, ports.logger)
  const dispatcher = createDispatcher(ports, exchange)
  const custody = await createCustody(ports, exchange, dispatcher, path.join(folder, 'custody'))
  const directory = await createDirectory(ports, exchange, dispatcher, {
    folder: path.join(folder, 'directory'),
    invites,
    sponsorPolicy,
  })
  return {
    async start() {
      await custody.start()
      await directory.start()
      exchange.start()
    },
    async close() {
      await directory.close()
      await custody.close()
    },
    routes: (server) => registerPrivacyRoutes(server, dispatcher, ports.chain),
    answer: dispatcher.answer,
    sweep: custody.sweep,
    retry: async () => (await custody.retry()) + (await directory.flush()),
  }
}
