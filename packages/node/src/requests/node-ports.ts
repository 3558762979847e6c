import { batches, bytesFromHex, hexFromBytes, ok, unwrap } from '@medchain/core'
import { committedAnchors, type NodeServices } from '../api/index.ts'
import type { VaultStore } from '../vault/store/index.ts'
import type { ChainPort, HostPorts, PeerPort, VaultPort } from './ports.ts'

const anchorsIn =
  (ledger: NodeServices['ledger']): ChainPort['anchorsOf'] =>
  async (batchId) => {
    const batch = ledger.view().get(batches, batchId)
    const anchors = batch && (await committedAnchors(ledger, batchId, batch.height))
    return anchors?.ok ? anchors.value : undefined
  }

const chainOf = ({ ledger, networkId }: NodeServices): ChainPort => ({
  networkId,
  head() {
    const { height, headTimeMs } = ledger.status()
    return { height, timeMs: headTimeMs, view: ledger.view() }
  },
  async submit(transaction) {
    const submitted = await ledger.submit(transaction)
    if (!submitted.ok) return submitted
    const { txId, height = 0 } = submitted.value
    return ok({ txId, height })
  },
  anchorsOf: anchorsIn(ledger),
  onCommitted: (listener) =>
    ledger.onCommitted(({ transactions }) => listener(transactions.flatMap(({ events }) => events))),
})

const peersOf = ({ network }: NodeServices): PeerPort => ({
  request: (institution, body, timeoutMs) =>
    network.request(hexFromBytes(institution), 'vault', body, { timeoutMs }),
  serve: (handler) => network.serve('vault', (from, body) => handler(unwrap(bytesFromHex(from)), body)),
})

const vaultOf = (store: VaultStore): VaultPort => ({
  putBatch: store.putBatch,
  get: ({ kind, key }) => store.get(kind, key),
  list: store.list,
  erase: store.eraseBatch,
})

/** The privacy rooms' ports over the daemon's services. */
export const portsFromServices = (services: NodeServices, store: VaultStore): HostPorts => ({
  chain: chainOf(services),
  peers: peersOf(services),
  vault: vaultOf(store),
  self: {
    id: services.institution,
    sign: services.signer.sign,
    sealingSecret: services.keys.sealingSecret,
    importSecret: services.keys.importSecret,
  },
  verifier: services.verifier,
  clock: services.clock,
  logger: services.logger.child({ part: 'privacy' }),
})
