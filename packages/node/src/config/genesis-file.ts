import { writeFile } from 'node:fs/promises'
import {
  DEFAULT_PARAMETERS,
  type Genesis,
  type GenesisMember,
  hexFromBytes,
  INSTITUTION_ROLES,
  type NetworkParameters,
  ok,
  type Result,
  refuse,
  validateGenesis,
} from '@medchain/core'
import {
  addressField,
  countField,
  type Field,
  type Fields,
  flagField,
  hexField,
  listField,
  readFields,
  textField,
  wordField,
} from './fields.ts'
import { isJsonObject, type JsonObject, parseJsonObject, readJsonFile } from './read-json-file.ts'

const MEMBER_FORMAT = 'medchain-member/1'
const GENESIS_FORMAT = 'medchain-genesis/1'
const MEMBERS_MAX = 256

const MEMBER_FIELDS: Fields<GenesisMember> = {
  name: { field: textField(128) },
  role: { field: wordField(INSTITUTION_ROLES) },
  isValidator: { field: flagField },
  signingKey: { field: hexField(32) },
  sealingKey: { field: hexField(32) },
  salt: { field: hexField(32) },
  votingKey: { field: hexField(32) },
  nodeKey: { field: hexField(32) },
  addresses: { field: listField(addressField, 8) },
}

const PARAMETER_FIELDS: Fields<NetworkParameters> = {
  blockIntervalMs: { field: countField(60_000) },
  heartbeatMs: { field: countField(600_000) },
  blockBytesMax: { field: countField(4 * 1024 * 1024) },
  blockTransactionsMax: { field: countField(4096) },
}

const CODES = { damaged: 'genesis.damaged', missing: 'genesis.missing', unknown: 'genesis.damaged' }

const objectField: Field<JsonObject> = (value) => (isJsonObject(value) ? value : undefined)
const timeField: Field<number> = (value) => {
  const timeMs = typeof value === 'string' ? Date.parse(value) : Number.NaN
  return Number.isSafeInteger(timeMs) && timeMs >= 0 ? timeMs : undefined
}

interface Document {
  readonly format: string
  readonly name: string
  readonly time: number
  readonly parameters: JsonObject
  readonly members: readonly JsonObject[]
}

const DOCUMENT_FIELDS: Fields<Document> = {
  format: { field: wordField([GENESIS_FORMAT]) },
  name: { field: textField(128) },
  time: { field: timeField },
  parameters: { field: objectField },
  members: { field: listField(objectField, MEMBERS_MAX) },
}

const memberObject = (member: GenesisMember): JsonObject => ({
  name: member.name,
  role: member.role,
  isValidator: member.isValidator,
  addresses: member.addresses,
  signingKey: hexFromBytes(member.signingKey),
  sealingKey: hexFromBytes(member.sealingKey),
  votingKey: hexFromBytes(member.votingKey),
  nodeKey: hexFromBytes(member.nodeKey),
  salt: hexFromBytes(member.salt),
})

/** The file that an institution hands to whoever assembles the genesis document. */
export const memberText = (member: GenesisMember): string =>
  `${JSON.stringify({ format: MEMBER_FORMAT, ...memberObject(member) }, undefined, 2)}\n`

/** The member that a member file describes; `genesis.damaged` or `genesis.missing` otherwise. */
export const parseMember = (text: string, name = 'The member file'): Result<GenesisMember> => {
  const object = parseJsonObject(text, name, CODES.damaged)
  if (!object.ok) return object
  const { format, ...rest } = object.value
  if (format !== MEMBER_FORMAT) return refuse(CODES.damaged, `${name} is not a member file.`)
  return readFields(rest, MEMBER_FIELDS, name, CODES)
}

/** The readable genesis document. */
export const genesisText = (genesis: Genesis): string =>
  `${JSON.stringify(
    {
      format: GENESIS_FORMAT,
      name: genesis.name,
      time: new Date(genesis.timeMs).toISOString(),
      parameters: genesis.parameters,
      members: genesis.members.map(memberObject),
    },
    undefined,
    2,
  )}\n`

const genesisFromObject = (object: JsonObject, name: string): Result<Genesis> => {
  const document = readFields(object, DOCUMENT_FIELDS, name, CODES)
  if (!document.ok) return document
  const parameters = readFields(document.value.parameters, PARAMETER_FIELDS, `${name}: parameters`, CODES)
  if (!parameters.ok) return parameters
  const members: GenesisMember[] = []
  for (const [index, entry] of document.value.members.entries()) {
    const member = readFields(entry, MEMBER_FIELDS, `${name}: member ${index + 1}`, CODES)
    if (!member.ok) return member
    members.push(member.value)
  }
  return validateGenesis({
    version: 1,
    name: document.value.name,
    timeMs: document.value.time,
    members,
    parameters: parameters.value,
  })
}

/** A genesis document from disk, checked; `genesis.*` otherwise. */
export const readGenesisFile = async (file: string): Promise<Result<Genesis>> => {
  const object = await readJsonFile(file, CODES)
  return object.ok ? genesisFromObject(object.value, file) : object
}

export const writeGenesisFile = async (file: string, genesis: Genesis): Promise<Result<void>> => {
  try {
    await writeFile(file, genesisText(genesis))
    return ok(undefined)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    return refuse('config.unwritable', `${file} cannot be written (${code ?? 'unknown error'}).`)
  }
}

export interface GenesisChoices {
  readonly name: string
  /** Milliseconds since 1970; the first block is later. */
  readonly timeMs: number
  readonly parameters?: Partial<NetworkParameters>
}

/** The founding document of a network of these members; `genesis.*` when they cannot found one. */
export const createGenesis = (
  members: readonly GenesisMember[],
  { name, timeMs, parameters = {} }: GenesisChoices,
): Result<Genesis> =>
  validateGenesis({
    version: 1,
    name,
    timeMs,
    members,
    parameters: { ...DEFAULT_PARAMETERS, ...parameters },
  })
