import {
  anchoringSchema,
  batches,
  decode,
  equalBytes,
  ok,
  pendingFromBytes,
  type Result,
  refuse,
} from '@medchain/core'
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
  ({ ledger }: NodeServices) =>
  async (batchId: Uint8Array): Promise<Result<BatchAnchors>> => {
    const batch = ledger.view().get(batches, batchId)
    if (!batch) return refuse('consent.none', 'No grant matches: deny by default.')
    const block = await ledger.fetchBlock(batch.height)
    if (!block.ok) return block
    for (const bytes of block.value.block.transactions) {
      const pending = pendingFromBytes(bytes)
      if (!pending.ok || pending.value.transaction.body.kind !== 'records.anchor') continue
      const payload = decode(anchoringSchema, pending.value.transaction.body.payload)
      if (payload.ok && equalBytes(payload.value.batchId, batchId))
        return ok({ batch, anchors: payload.value.anchors })
    }
    return refuse('record.anchors', 'The block of the batch does not hold its anchors; ask another node.')
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
    readOwn: createOwnReader(ports, privacy.answer, anchorsIn(services), privacy.proofsOf),
    registerRoutes: (server) => {
      privacy.routes(server)
      const examine = () => examinePrivate(services.paths, store.value, privacy.ownAnchors())
      registerDoctorRoute(server, examine, services.clock.wallMs)
    },
    async close() {
      await privacy.close()
      await store.value.close()
    },
  })
}
