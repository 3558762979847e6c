import type { Host } from './host.ts'

/** Inner parts of gossipsub 17 and libp2p 3, each of which leaves a timer behind when it stops. */
interface Leftovers {
  readonly services: { readonly pubsub: { readonly status?: { readonly heartbeatTimeout?: NodeJS.Timeout } } }
  readonly components?: {
    readonly addressManager?: { readonly _updatePeerStoreAddresses?: { readonly stop?: () => void } }
  }
}

/** Stops the host with its timers, which would keep the process for another second. */
export const stopHost = async (host: Host): Promise<void> => {
  const { services, components } = host as unknown as Leftovers
  const heartbeat = services.pubsub.status?.heartbeatTimeout
  await host.stop()
  clearTimeout(heartbeat)
  components?.addressManager?._updatePeerStoreAddresses?.stop?.()
}
