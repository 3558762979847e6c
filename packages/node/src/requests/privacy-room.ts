import { batches, createAnchorProver, ok, type Result, refuse } from '@medchain/core'
import type { NodeServices } from '../api/index.ts'
import { createOwnReader, type OwnReader } from '../disclosure/own-reader.ts'
import type { BatchAnchors } from '../disclosure/read-request.ts'
import type { Room } from '../room.ts'
import { openVaultStore, type VaultStore } from '../vault/store/index.ts'
import { createPrivacy, type Privacy } from './create-privacy.ts'
import { registerDoctorRoute } from './doctor-route.ts'
import { examinePrivate } from './examine-private.ts'
import { portsFromServices } from './node-ports.ts'
import type { HostPorts } from './ports.ts'
import { privacyPaths } from './privacy-paths.ts'

/** The privacy side of a running daemon, with what other rooms build on. */
export interface PrivacyRoom extends Room {
  readonly privacy: Privacy
  readonly ports: HostPorts
  readonly store: VaultStore
  /** Reads as the institution itself, audited like any reading. */
  readonly readOwn: OwnReader
}

/** A batch with the anchors that its block has. */
const anchorsIn =
  ({ chain }: Pick<HostPorts, 'chain'>) =>
  async (batchId: Uint8Array): Promise<Result<BatchAnchors>> => {
    const batch = chain.head().view.get(batches, batchId)
    if (!batch) return refuse('consent.none', 'No grant matches: deny by default.')
    const anchors = await chain.anchorsOf(batchId)
    return anchors
      ? ok({ batch, anchorAt: createAnchorProver(anchors) })
      : refuse('record.anchors', 'The block of the batch cannot be had here; ask another node.')
  }

/** Opens the vault and makes the privacy side, to be started once other rooms have added their parts; refuses where the vault's key is wrong. */
export const createPrivacyRoom = async (services: NodeServices): Promise<Result<PrivacyRoom>> => {
  const paths = privacyPaths(services.paths)
  const store = await openVaultStore({ folder: paths.store, masterKey: services.keys.storageKey })
  if (!store.ok) return store
  const ports = portsFromServices(services, store.value)
  const privacy = await createPrivacy(ports, {
    folder: paths.folder,
    auditFolder: paths.audit,
    invites: paths.invites,
    sponsorPolicy: services.config.sponsorPolicy,
  })
  return ok({
    privacy,
    ports,
    store: store.value,
    readOwn: createOwnReader(ports, privacy.answer, anchorsIn(ports), privacy.proofsOf),
    registerRoutes: (server) => {
      privacy.routes(server)
      const examine = () => examinePrivate(services.paths, store.value, privacy.ownAnchors())
      registerDoctorRoute(server, examine, privacy.eraser.owed, services.clock.wallMs)
    },
    async close() {
      await privacy.close()
      await store.value.close()
    },
  })
}
