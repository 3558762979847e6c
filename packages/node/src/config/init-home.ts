import { access, mkdir, writeFile } from 'node:fs/promises'
import {
  bytesFromText,
  type GenesisMember,
  hexFromBytes,
  type InstitutionRole,
  ok,
  type Result,
  refuse,
} from '@medchain/core'
import { writeFileAtomic, writeKeystore } from '../keystore/index.ts'
import { memberText } from './genesis-file.ts'
import { type NodeConfig, STORAGE_DEFAULTS } from './node-config.ts'
import { encodeNodeKeys, generateNodeKeys, memberFromKeys } from './node-keys.ts'
import { nodeConfigText } from './node-template.ts'
import { nodePaths } from './paths.ts'

export interface NewNode {
  readonly home: string
  readonly name: string
  readonly role: InstitutionRole
  readonly passphrase: string
  /** Multiaddrs to listen on. */
  readonly listen: readonly string[]
  /** `host:port` of the API. */
  readonly api: string
  readonly isValidator: boolean
  /** Multiaddrs that others dial, when not those of `listen`. */
  readonly announce?: readonly string[]
  /** Further settings of node.json. */
  readonly settings?: Partial<Pick<NodeConfig, 'genesis' | 'passphraseFile' | 'sponsorPolicy' | 'logLevel'>>
}

const exists = (file: string): Promise<boolean> =>
  access(file).then(
    () => true,
    () => false,
  )

const configOf = (node: NewNode): NodeConfig => ({
  name: node.name,
  role: node.role,
  isValidator: node.isValidator,
  listen: node.listen,
  announce: node.announce ?? [],
  api: node.api,
  genesis: undefined,
  passphraseFile: undefined,
  sponsorPolicy: 'token',
  part2Program: false,
  logLevel: 'info',
  storage: STORAGE_DEFAULTS,
  ...node.settings,
})

/**
 * Makes the home of a node: folders, commented node.json, keystore of mode 0600 with fresh keys, and the note that
 * nothing was signed with them (consensus Q45). Gives the member and the text of its member file. `config.exists` when the place is taken, `config.unwritable`.
 */
export const initNodeHome = async (
  node: NewNode,
): Promise<Result<{ readonly member: GenesisMember; readonly memberFile: string }>> => {
  const paths = nodePaths(node.home)
  if ((await exists(paths.config)) || (await exists(paths.keystore))) {
    return refuse('config.exists', `${node.home} is the home of a node already.`)
  }
  try {
    for (const folder of [paths.blocks, paths.state, paths.wal, paths.vault, paths.keys, paths.audit]) {
      await mkdir(folder, { recursive: true, mode: 0o700 })
    }
    const keys = generateNodeKeys()
    const { name, role, isValidator } = node
    const addresses = node.announce ?? node.listen
    const member = memberFromKeys(keys, { name, role, isValidator, addresses })
    await writeFileAtomic(paths.unusedKey, bytesFromText(hexFromBytes(member.votingKey)))
    const written = await writeKeystore(paths.keystore, node.passphrase, encodeNodeKeys(keys))
    if (!written.ok) return written
    await writeFile(paths.config, nodeConfigText(configOf(node)))
    return ok({ member, memberFile: memberText(member) })
  } catch (error) {
    const { code, path: at } = error as NodeJS.ErrnoException
    return refuse('config.unwritable', `${at ?? node.home} cannot be written (${code ?? 'unknown error'}).`)
  }
}
