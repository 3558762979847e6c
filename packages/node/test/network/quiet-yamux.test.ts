import { yamux } from '@chainsafe/libp2p-yamux'
import type { MessageStream } from '@libp2p/interface'
import { Uint8ArrayList } from 'uint8arraylist'
import { test } from 'uvu'
import * as assert from 'uvu/assert'
import { joinWrites } from '../../src/network/wire/joined-noise.ts'
import { type FrameSending, holdBackUpdates } from '../../src/network/wire/quiet-yamux.ts'

const WINDOW = 1000
const update = (streamID: number, length: number, flag = 0) => ({ type: 1, flag, streamID, length })

const createMuxer = () => {
  const sent: { type: number; streamID: number; length: number }[] = []
  const muxer: FrameSending = {
    sendFrame: ({ type, streamID, length }) => {
      sent.push({ type, streamID, length })
      return true
    },
    closeStream: () => undefined,
  }
  holdBackUpdates(muxer, WINDOW)
  return { muxer, sent }
}

test('a window is given back once half of it was read, and nothing of it is lost', () => {
  const { muxer, sent } = createMuxer()
  for (let read = 0; read < 10; read++) muxer.sendFrame(update(3, 60))
  assert.equal(sent, [{ type: 1, streamID: 3, length: 540 }])
  muxer.sendFrame(update(3, 500))
  assert.equal(sent.at(-1), { type: 1, streamID: 3, length: 560 })
})

test('what opens, ends or resets a stream, and data, goes at once, with what was held back', () => {
  const { muxer, sent } = createMuxer()
  muxer.sendFrame(update(5, 0, 1))
  muxer.sendFrame(update(5, 100))
  muxer.sendFrame({ type: 0, flag: 0, streamID: 5, length: 7 })
  muxer.sendFrame(update(5, 0, 4))
  assert.equal(
    sent.map(({ length }) => length),
    [0, 7, 100],
  )
})

test('a stream that ended leaves nothing behind', () => {
  const { muxer, sent } = createMuxer()
  muxer.sendFrame(update(7, 499))
  muxer.closeStream(7)
  muxer.sendFrame(update(7, 499))
  assert.equal(sent, [])
})

test('the library still has what is taken over of it', () => {
  const connection = new EventTarget() as unknown as Parameters<
    ReturnType<ReturnType<typeof yamux>>['createStreamMuxer']
  >[0]
  Object.assign(connection, {
    direction: 'outbound',
    status: 'open',
    log: Object.assign(() => undefined, {
      trace: () => undefined,
      error: () => undefined,
      newScope: () => connection.log,
    }),
  })
  const muxer = yamux({ enableKeepAlive: false })().createStreamMuxer(connection) as unknown as FrameSending
  assert.type(muxer.sendFrame, 'function')
  assert.type(muxer.closeStream, 'function')
})

test('what is sent at once leaves in one write', () => {
  const written: Uint8Array[] = []
  const connection: Pick<MessageStream, 'send'> = {
    send: (data) => {
      assert.instance(data, Uint8Array)
      written.push(data as Uint8Array)
      return true
    },
  }
  joinWrites(connection)
  connection.send(new Uint8ArrayList(Uint8Array.of(0, 2), Uint8Array.of(8, 9)))
  connection.send(Uint8Array.of(1))
  assert.equal(written, [Uint8Array.of(0, 2, 8, 9), Uint8Array.of(1)])
})

test.run()
