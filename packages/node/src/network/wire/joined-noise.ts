import { noise } from '@chainsafe/libp2p-noise'
import type { MessageStream } from '@libp2p/interface'
import { noiseCrypto } from './noise-crypto.ts'

/**
 * What is sent at once leaves in one write. Noise hands the two bytes of a length and what they count to the socket one
 * by one, and each of them would cost a system call here and a wake-up there.
 */
export const joinWrites = (connection: Pick<MessageStream, 'send'>): void => {
  const send = connection.send.bind(connection)
  connection.send = (data) => send(data instanceof Uint8Array ? data : data.subarray())
}

/** Noise by libsodium over connections that write what is sent at once in one piece. */
export const joinedNoise = (): ReturnType<typeof noise> => {
  const create = noise({ crypto: noiseCrypto })
  return (components) => {
    const encrypter = create(components)
    const { secureInbound, secureOutbound } = encrypter
    encrypter.secureInbound = (connection, options) => {
      joinWrites(connection)
      return secureInbound.call(encrypter, connection, options)
    }
    encrypter.secureOutbound = (connection, options) => {
      joinWrites(connection)
      return secureOutbound.call(encrypter, connection, options)
    }
    return encrypter
  }
}
