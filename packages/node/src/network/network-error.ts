export type NetworkErrorCode =
  | 'network.unreachable'
  | 'network.timeout'
  | 'network.too-large'
  | 'network.refused'
  | 'network.cancelled'
  | 'network.malformed'

/** What a peer or the path to it did wrong; `code` is stable, the message is for people. */
export class NetworkError extends Error {
  readonly code: NetworkErrorCode

  constructor(code: NetworkErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.name = 'NetworkError'
    this.code = code
  }
}
