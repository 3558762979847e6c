export interface Wallet {
  readonly home: string
}
