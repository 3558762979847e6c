import { setImmediate } from 'node:timers/promises'
import {
  type Certificate,
  type Era,
  equalBytes,
  followHandover,
  followHandovers,
  type Genesis,
  type Handover,
  type Header,
  networkIdOf,
  type SignatureVerifier,
  type ValidatorSet,
  validatorSetByHash,
  validatorSetHash,
  validatorsAt,
  validatorsOf,
} from '@medchain/core'
import type { Logger } from '../logger.ts'
import type { Ledger } from '../replica/index.ts'
import { readHandovers, StorageError, writeHandovers } from '../storage/index.ts'

const HEIGHTS_A_TURN = 256

/** Who the validators were at every height, with what proves it from the genesis document on. */
export interface Handovers {
  readonly all: () => readonly Handover[]
  readonly validatorsAt: (height: number) => ValidatorSet
}

export interface KeptHandovers extends Handovers {
  /** Adds what the blocks hold beyond the file, and follows the chain from then on. */
  readonly follow: (ledger: FollowedChain) => Promise<void>
  readonly close: () => Promise<void>
}

export type FollowedChain = Pick<Ledger, 'status' | 'view' | 'block' | 'onCommitted'>

export interface HandoverParts {
  readonly file: string
  /** Another list to fall back on where the blocks may be gone: that of the newest own snapshot. */
  readonly spare?: () => Promise<readonly Handover[] | undefined>
  readonly genesis: Genesis
  readonly verifier: SignatureVerifier
  readonly logger: Logger
}

type Certified = { readonly header: Header; readonly certificate: Certificate }

const changesValidators = ({ header }: Certified): boolean =>
  !equalBytes(header.validatorSetHash, header.nextValidatorSetHash)

/** What the file holds, or else the spare list, if it follows from the genesis document. */
const load = async ({ file, spare, genesis, verifier, logger }: HandoverParts) => {
  const follow = (list: readonly Handover[]) =>
    followHandovers(validatorsOf(genesis), networkIdOf(genesis), list, verifier)
  const read = await readHandovers(file)
  const eras = read.ok ? follow(read.value ?? []) : read
  if (!eras.ok) logger.error({ code: eras.code, file }, eras.message)
  if (read.ok && read.value !== undefined && eras.ok) {
    return { handovers: [...read.value], eras: [...eras.value], isFound: true }
  }
  const kept = (await spare?.()) ?? []
  const known = follow(kept)
  if (known.ok) return { handovers: [...kept], eras: [...known.value], isFound: false }
  const genesisEra: Era = { fromHeight: 1, validators: validatorsOf(genesis) }
  return { handovers: [] as Handover[], eras: [genesisEra], isFound: false }
}

/**
 * Opens the list of handovers of a home, which is kept for ever. A file that is missing, damaged or does not start at
 * the genesis document counts as none, and is made again from the newest own snapshot, the blocks and the state.
 */
export const openHandovers = async (parts: HandoverParts): Promise<KeptHandovers> => {
  const { file, genesis, verifier, logger } = parts
  const { handovers, eras, isFound } = await load(parts)
  let saving: Promise<void> = Promise.resolve()
  let scannedHeight = 0
  let stop = (): void => undefined

  const save = (): void => {
    const all = [...handovers]
    saving = saving
      .then(() => writeHandovers(file, all))
      .catch((error: unknown) => logger.error({ reason: String(error) }, 'the handovers cannot be written'))
  }

  const note = ({ header, certificate }: Certified, chain: FollowedChain): void => {
    const last = eras.at(-1) as Era
    if (header.height < last.fromHeight) return
    const validators = validatorSetByHash(chain.view(), header.nextValidatorSetHash) ?? validatorsOf(genesis)
    const handover = { header, certificate, validators }
    const era = followHandover(last, handover, networkIdOf(genesis), verifier)
    if (!era.ok) {
      logger.error({ code: era.code, height: header.height }, era.message)
      return
    }
    handovers.push(handover)
    eras.push(era.value)
    save()
  }

  const scan = (height: number, chain: FollowedChain): void => {
    try {
      const stored = chain.block(height)
      const certified = stored && { header: stored.block.header, certificate: stored.certificate }
      if (certified && changesValidators(certified)) note(certified, chain)
    } catch (error) {
      // A damaged block was named by whoever read it.
      if (!(error instanceof StorageError)) throw error
    }
  }

  /** Below this height nothing is missing: the file is written change by change, the last ones may be lost in a crash. */
  const completeHeight = (head: Header | undefined, height: number): number => {
    const { fromHeight, validators } = eras.at(-1) as Era
    const isCurrent = !head || equalBytes(head.nextValidatorSetHash, validatorSetHash(validators))
    const from = isFound && isCurrent ? height - HEIGHTS_A_TURN : 0
    return Math.max(from, fromHeight - 1, 0)
  }

  return {
    all: () => handovers,
    validatorsAt: (height) => validatorsAt(eras, height),
    follow: async (chain) => {
      const { head, height } = chain.status()
      scannedHeight = completeHeight(head, height)
      stop = chain.onCommitted((event) => {
        if (event.height !== scannedHeight + 1) return
        scannedHeight = event.height
        if (changesValidators(event)) note(event, chain)
      })
      while (scannedHeight < chain.status().height) {
        scannedHeight += 1
        scan(scannedHeight, chain)
        if (scannedHeight % HEIGHTS_A_TURN === 0) await setImmediate()
      }
      if (!isFound) save()
      await saving
    },
    close: async () => {
      stop()
      await saving
    },
  }
}
