/** Columns of the narrow screen, and of the one with the lists side by side. */
const COLUMNS_MIN = 60
const COLUMNS_WIDE = 90
const ROWS_MIN = 20

// Banner, heading of the blocks, key line, and a line between the four parts; Ink wants a row below.
const FIXED_ROWS = 7
const BLOCKS_MIN = 3
const DETAILS_ROWS = 5

export interface DashboardSize {
  readonly columns: number
  readonly rows: number
}

export interface DashboardLayout {
  /** The lists side by side, and the hashes of blocks. */
  readonly isWide: boolean
  readonly hasDetails: boolean
  readonly validatorRows: number
  /** 0: there is no room for the list. */
  readonly peerRows: number
  readonly blockRows: number
}

export interface DashboardContent {
  readonly validators: number
  readonly peers: number
  /** Rows of what stands below the banner. */
  readonly factRows: number
  readonly isBlockChosen: boolean
}

/** How the rows are shared out; undefined on a terminal on which it would not be readable. */
export const layoutOf = (
  { columns, rows }: DashboardSize,
  { validators, peers, factRows, isBlockChosen }: DashboardContent,
): DashboardLayout | undefined => {
  const isWide = columns >= COLUMNS_WIDE
  if (columns < COLUMNS_MIN || rows < ROWS_MIN) return undefined
  const left = rows - FIXED_ROWS - factRows
  // The heading of the lists too, and a row of theirs at least.
  const hasDetails = isBlockChosen && left - DETAILS_ROWS - BLOCKS_MIN - 1 > 0
  const details = hasDetails ? DETAILS_ROWS : 0
  const forLists = Math.max(0, left - details - BLOCKS_MIN - 1)
  if (isWide) {
    const validatorRows = Math.min(validators, forLists)
    const peerRows = Math.min(peers, forLists)
    return {
      isWide,
      hasDetails,
      validatorRows,
      peerRows,
      blockRows: left - details - 1 - Math.max(validatorRows, peerRows),
    }
  }
  // A second heading, with the space above it.
  const forBoth = forLists - 2
  // The details of a block take the place of the peers.
  const hasPeers = !hasDetails && forBoth >= 2
  const peerRows = hasPeers ? Math.min(peers, Math.max(Math.floor(forBoth / 2), forBoth - validators)) : 0
  const validatorRows = Math.min(validators, hasPeers ? forBoth - peerRows : forLists)
  const lists = validatorRows + 1 + (hasPeers ? peerRows + 2 : 0)
  return { isWide, hasDetails, validatorRows, peerRows, blockRows: left - details - lists }
}

export const tooSmallText = ({ columns, rows }: DashboardSize): string =>
  `The dashboard needs ${COLUMNS_MIN} columns and ${ROWS_MIN} rows, and this terminal has ${columns} and ${rows}: make it larger, or press q to leave.`
