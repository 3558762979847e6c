/** How the way to another host is; each direction of a connection for itself. */
export interface Weather {
  readonly delayMs: number
  readonly bytesPerSecond: number
}

export interface RelayRoute {
  /** Index of the host that is dialled. */
  readonly to: number
  readonly listenHost: string
  readonly listenPort: number
  readonly host: string
  readonly port: number
}

/** What a relay is told; without weather the way is clear again. */
export type RelayOrder =
  | { readonly kind: 'weather'; readonly to: number; readonly weather?: Weather }
  | { readonly kind: 'reset'; readonly to: number }
