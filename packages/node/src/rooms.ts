import { bytesFromText } from '@medchain/core'
import type { NodeServices } from './api/index.ts'
import { nodeCiphers } from './keystore/index.ts'
import { createMembership } from './membership/index.ts'
import { createPrivacyRoom, type PrivacyRoom } from './requests/privacy-room.ts'
import { mountResearch } from './research/index.ts'
import type { Room, RoomFactory } from './room.ts'
import { StorageError } from './storage/index.ts'

/** A secret for one use, from one that the node keeps for good. */
const derived = (secret: Uint8Array, use: string): Uint8Array =>
  nodeCiphers.hkdfSha256(secret, new Uint8Array(0), bytesFromText(use), 32)

const researchOn = ({ ledger, keys }: NodeServices, { ports, privacy, readOwn }: PrivacyRoom) => {
  const pseudonymSecret = derived(keys.importSecret, 'medchain/pseudonyms/1')
  return mountResearch({
    ports,
    dispatcher: privacy.dispatcher,
    exchange: privacy.exchange,
    onEvents: (listener) =>
      ledger.onCommitted(({ transactions }) => listener(transactions.flatMap(({ events }) => events))),
    directoryCharts: privacy.people.all,
    proofsOf: privacy.proofsOf,
    read: async (chart, recordIds, purpose) => {
      const readings = await readOwn(chart, recordIds, purpose)
      return new Map(
        [...readings].map(([name, result]) => [
          name,
          result.ok
            ? {
                ok: true,
                value: {
                  bytes: result.value.bytes ?? new Uint8Array(0),
                  mediaType: result.value.header.mediaType,
                },
              }
            : result,
        ]),
      )
    },
    pseudonymize: (message) => nodeCiphers.hmacSha256(pseudonymSecret, message),
  })
}

/** Private requests, custody, disclosure, audit and directory, with research on top of them. */
const privateRoom: RoomFactory = async (services): Promise<Room> => {
  const room = await createPrivacyRoom(services)
  if (!room.ok) throw new StorageError(room.code, room.message)
  const research = researchOn(services, room.value)
  room.value.privacy.eraser.register(research.erase)
  await room.value.privacy.start()
  research.start()
  return {
    ...room.value,
    async close() {
      await research.close()
      await room.value.close()
    },
  }
}

/** What a daemon consists of beside ledger, network and API. */
export const DAEMON_ROOMS: readonly RoomFactory[] = [createMembership, privateRoom]
