import { ok, type Result, refuse } from '@medchain/core'

/** Raised when an archive changes its form. */
export const ARCHIVE_FORMAT = 1

/** First and last entry of an archive. */
export const HEADER_NAME = 'backup.json'
export const MANIFEST_NAME = 'manifest.json'

/** What an archive is of; its first entry. */
export interface BackupHeader {
  readonly format: number
  /** Version of the program that wrote it. */
  readonly program: string
  /** Hexadecimal. */
  readonly networkId: string
  readonly networkName: string
  readonly institutionName: string
  readonly createdMs: number
  /** Highest block in it. */
  readonly height: number
}

export interface ManifestFile {
  /** Below the home, with slashes. */
  readonly path: string
  readonly sizeBytes: number
  /** Hexadecimal. */
  readonly sha256: string
}

const parse = (bytes: Uint8Array): unknown => {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return undefined
  }
}

const isHeader = (value: unknown): value is BackupHeader => {
  const header = value as Partial<BackupHeader> | null
  return (
    typeof header?.format === 'number' &&
    typeof header.networkId === 'string' &&
    typeof header.networkName === 'string' &&
    typeof header.institutionName === 'string' &&
    typeof header.height === 'number' &&
    Number.isSafeInteger(new Date(header.createdMs ?? Number.NaN).getTime())
  )
}

/** `backup.damaged` for anything else, `backup.newer-format` for the archive of a later version. */
export const parseHeader = (bytes: Uint8Array): Result<BackupHeader> => {
  const header = parse(bytes)
  if (typeof (header as BackupHeader | undefined)?.format === 'number') {
    if ((header as BackupHeader).format > ARCHIVE_FORMAT) {
      return refuse('backup.newer-format', 'A newer version wrote this backup; update this program.')
    }
  }
  return isHeader(header) ? ok(header) : refuse('backup.damaged', `${HEADER_NAME} in the backup is damaged.`)
}

const isFile = (value: unknown): value is ManifestFile => {
  const file = value as Partial<ManifestFile> | null
  return (
    typeof file?.path === 'string' && typeof file.sizeBytes === 'number' && typeof file.sha256 === 'string'
  )
}

export const parseManifest = (bytes: Uint8Array): Result<readonly ManifestFile[]> => {
  const files = (parse(bytes) as { readonly files?: unknown } | undefined)?.files
  return Array.isArray(files) && files.every(isFile)
    ? ok(files)
    : refuse('backup.damaged', `${MANIFEST_NAME} in the backup is damaged.`)
}

const TOP_FILES = new Set(['node.json', 'genesis.json', 'member.json'])

// Whoever brings these along in an archive would make a validator sign twice, or an installation of what nobody checked.
const NEVER_RESTORED = /^node\/(wal|lock|joining)(\/|$)/

/** Whether an entry of this name may be written below a home. */
export const isHomePath = (name: string): boolean =>
  TOP_FILES.has(name) ||
  (!NEVER_RESTORED.test(name) &&
    name.startsWith('node/') &&
    name.split('/').every((part) => /^[\w-][\w.-]*$/.test(part)))
