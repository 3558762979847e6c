/** Something that is not as it should be on a node's disk. */
export interface Finding {
  readonly code: string
  /** File, and the place in it. */
  readonly where: string
  readonly message: string
}
