import { NetworkError } from '../network-error.ts'

const OK = 0
const BUSY = 1
const FAILED = 2
const TOO_LARGE = 3

const withStatus = (status: number, body: Uint8Array): Uint8Array => {
  const answer = new Uint8Array(body.length + 1)
  answer[0] = status
  answer.set(body, 1)
  return answer
}

const NOTHING = new Uint8Array(0)

/** What goes back for a request: a status byte, and the body when it is 0. */
export const encodeAnswer = (body: Uint8Array): Uint8Array => withStatus(OK, body)
export const ANSWER_BUSY: Uint8Array = withStatus(BUSY, NOTHING)
export const ANSWER_FAILED: Uint8Array = withStatus(FAILED, NOTHING)
export const ANSWER_TOO_LARGE: Uint8Array = withStatus(TOO_LARGE, NOTHING)

/** The body of an answer; throws `NetworkError` when the peer gave none. */
export const decodeAnswer = (answer: Uint8Array): Uint8Array => {
  switch (answer[0]) {
    case OK:
      return answer.subarray(1)
    case BUSY:
      throw new NetworkError('network.refused', 'the peer is busy')
    case FAILED:
      throw new NetworkError('network.refused', 'the peer could not answer')
    case TOO_LARGE:
      throw new NetworkError('network.too-large', 'the answer is larger than the peer may send')
    default:
      throw new NetworkError('network.refused', 'the answer has no known status')
  }
}
