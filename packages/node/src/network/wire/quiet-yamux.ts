import { yamux } from '@chainsafe/libp2p-yamux'

type YamuxOptions = NonNullable<Parameters<typeof yamux>[0]>

/** Of a header: what yamux 1.0.0 calls type, flags, stream id and length. */
interface Header {
  readonly type: number
  readonly flag: number
  readonly streamID: number
  readonly length: number
}

/** What is taken over of a multiplexer; both are private to its types, and a test holds them to be there. */
export interface FrameSending {
  sendFrame: (header: Header, data?: unknown) => boolean
  closeStream: (streamId: number) => void
}

const WINDOW_UPDATE = 1

/**
 * Gives a window back once half of it was read, as yamux has it elsewhere. The library does so after each piece of
 * data, in a message of its own, which costs both sides as much as the vote that it answers. A sender whose window
 * is used up has sent more than half of it since the last update, so it always hears of more.
 */
export const holdBackUpdates = (muxer: FrameSending, windowBytes: number): void => {
  const held = new Map<number, number>()
  const sendFrame = muxer.sendFrame.bind(muxer)
  const closeStream = muxer.closeStream.bind(muxer)
  muxer.sendFrame = (header, data) => {
    if (header.type !== WINDOW_UPDATE) return sendFrame(header, data)
    const { flag, streamID } = header
    const length = header.length + (held.get(streamID) ?? 0)
    if (flag === 0 && length < windowBytes / 2) {
      held.set(streamID, length)
      return true
    }
    held.delete(streamID)
    return sendFrame({ ...header, length }, data)
  }
  muxer.closeStream = (streamId) => {
    held.delete(streamId)
    closeStream(streamId)
  }
}

/** yamux with windows of this size, one size for all, and few updates of them. */
export const quietYamux =
  (windowBytes: number, options: Omit<YamuxOptions, 'streamOptions'>): ReturnType<typeof yamux> =>
  () => {
    const streamOptions = { initialStreamWindowSize: windowBytes, maxStreamWindowSize: windowBytes }
    const factory = yamux({ ...options, streamOptions })()
    const create = factory.createStreamMuxer.bind(factory)
    factory.createStreamMuxer = (connection) => {
      const muxer = create(connection)
      holdBackUpdates(muxer as unknown as FrameSending, windowBytes)
      return muxer
    }
    return factory
  }
