import { NETWORK_CODES, type NetworkErrorCode } from './codes.ts'

/** What a peer or the path to it did wrong; `code` is stable, `detail` says what exactly happened. */
export class NetworkError extends Error {
  readonly code: NetworkErrorCode
  readonly detail: string

  constructor(code: NetworkErrorCode, detail: string, options?: ErrorOptions) {
    super(`${NETWORK_CODES[code]} (${detail})`, options)
    this.name = 'NetworkError'
    this.code = code
    this.detail = detail
  }
}
