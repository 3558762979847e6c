import { createHash } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import {
  COMPARTMENTS,
  type Compartment,
  GUARDIAN_KINDS,
  type GuardianKind,
  isProtected,
} from '@medchain/core'
import { fail } from '../../command-error.ts'
import { parseTime } from '../../format/parse-time.ts'
import { inOneYear, startOfDay } from '../../wallet/grant-terms.ts'
import { type CommandInput, listOption, textOption } from '../command-spec.ts'
import { parseCompartments } from '../grant/grant-choices.ts'

export interface GuardianChoices {
  /** As typed. */
  readonly name: string
  readonly kind: GuardianKind
  readonly compartments: readonly Compartment[]
  readonly fromMs: number
  readonly untilMs: number
  readonly documentHash: Uint8Array | undefined
}

const parseKind = (typed: string | undefined): GuardianKind =>
  GUARDIAN_KINDS.find((kind) => kind === typed) ??
  fail('usage.kind', `--kind is one of ${GUARDIAN_KINDS.join(', ')}, or recovery.`)

/** A parent and a court need an end; a proxy's is a year away unless another is named. */
const parseUntil = (typed: string | undefined, kind: GuardianKind, nowMs: number): number => {
  if (typed !== undefined) return parseTime(typed, nowMs, '--until')
  if (kind === 'proxy') return inOneYear(nowMs)
  return kind === 'parent'
    ? fail('usage.missing-option', 'A parent needs --until: the day of majority.')
    : fail('usage.missing-option', 'A court’s guardian needs --until: when the order ends.')
}

const hashOf = async (file: string | undefined): Promise<Uint8Array | undefined> => {
  if (file === undefined) return undefined
  const content = await readFile(file).catch(() => fail('file.missing', `${file} cannot be read.`))
  return new Uint8Array(createHash('sha256').update(content).digest())
}

/** What protected compartments hold is an adolescent's own: a parent gets them only where they are named. */
const chosenCompartments = (input: CommandInput): readonly Compartment[] => {
  const named = parseCompartments(listOption(input, 'compartment'))
  return named.length > 0 ? named : COMPARTMENTS.filter((compartment) => !isProtected(compartment))
}

export const readGuardianChoices = async (input: CommandInput, nowMs: number): Promise<GuardianChoices> => {
  const kind = parseKind(textOption(input, 'kind'))
  const document = textOption(input, 'document')
  if ((kind === 'court') !== (document !== undefined)) {
    fail('guardian.document', 'A court’s guardian needs --document FILE, and no other has one.')
  }
  return {
    name: input.args[0] ?? '',
    kind,
    compartments: chosenCompartments(input),
    fromMs: startOfDay(nowMs),
    untilMs: parseUntil(textOption(input, 'until'), kind, nowMs),
    documentHash: await hashOf(document),
  }
}
