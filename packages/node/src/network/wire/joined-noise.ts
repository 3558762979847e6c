import { noise } from '@chainsafe/libp2p-noise'
import type { MessageStream, SecuredConnection } from '@libp2p/interface'
import type { Uint8ArrayList } from 'uint8arraylist'
import { noiseCrypto } from './noise-crypto.ts'

/**
 * What is sent at once leaves in one write. Noise hands the two bytes of a length and what they count to the socket one
 * by one, and each of them would cost a system call here and a wake-up there.
 */
export const joinWrites = (connection: Pick<MessageStream, 'send'>): void => {
  const send = connection.send.bind(connection)
  connection.send = (data) => send(data instanceof Uint8Array ? data : data.subarray())
}

/** What is taken over of the stream that Noise gives; private to its types, and a test holds it to be there. */
export interface PacketDecoder {
  /** What arrived and is not taken apart yet. */
  readonly buffer: Uint8ArrayList
  decode: (data: Uint8Array | Uint8ArrayList) => Iterable<Uint8ArrayList>
}

const LENGTH_BYTES = 2

/**
 * Takes packets apart without an error at the end of what arrived: the library looks for one more length there, and
 * the stack of the error that tells it so costs a quiet node a twentieth of its processor time (measured). What is kept
 * is less than one packet, of 64 KiB at most.
 */
export const decodePackets = (decoder: PacketDecoder): void => {
  const { buffer } = decoder
  decoder.decode = function* (data) {
    buffer.append(data)
    while (buffer.byteLength >= LENGTH_BYTES) {
      const end = LENGTH_BYTES + buffer.getUint16(0)
      if (buffer.byteLength < end) return
      const packet = buffer.sublist(LENGTH_BYTES, end)
      buffer.consume(end)
      if (packet.byteLength > 0) yield packet
    }
  }
}

const withPackets = async <T extends Pick<SecuredConnection, 'connection'>>(
  securing: Promise<T>,
): Promise<T> => {
  const secured = await securing
  decodePackets((secured.connection as unknown as { readonly decoder: PacketDecoder }).decoder)
  return secured
}

/** Noise by libsodium over connections that write what is sent at once in one piece. */
export const joinedNoise = (): ReturnType<typeof noise> => {
  const create = noise({ crypto: noiseCrypto })
  return (components) => {
    const encrypter = create(components)
    const { secureInbound, secureOutbound } = encrypter
    encrypter.secureInbound = (connection, options) => {
      joinWrites(connection)
      return withPackets(secureInbound.call(encrypter, connection, options))
    }
    encrypter.secureOutbound = (connection, options) => {
      joinWrites(connection)
      return withPackets(secureOutbound.call(encrypter, connection, options))
    }
    return encrypter
  }
}
