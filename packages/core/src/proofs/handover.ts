import type { SignatureVerifier } from '../crypto/signature.ts'
import { blob, decode, encode, equalBytes, list, ok, type Result, refuse, struct } from '../encoding/index.ts'
import { type Header, headerSchema } from '../ledger/block.ts'
import { type ValidatorSet, validatorSetHash, validatorSetSchema } from '../validators/validator-set.ts'
import { type Certificate, certificateSchema } from '../votes/certificate.ts'
import { validateCommittedHeader } from './committed-header.ts'

/** A header that a quorum of one validator set committed to, and the other set that it hands the next height to. */
export interface Handover {
  readonly header: Header
  readonly certificate: Certificate
  /** The set from the height above the header's on. */
  readonly validators: ValidatorSet
}

export const handoverSchema = struct<Handover>({
  header: headerSchema,
  certificate: certificateSchema,
  validators: validatorSetSchema,
})

export const HANDOVERS_MAX = 65_536
const HANDOVER_SIZE_BYTES_MAX = 64 * 1024
const HANDOVERS_SIZE_BYTES_MAX = 256 * 1024 * 1024

/** Encoded handovers in their order; each is decoded by itself, so that their number meets no bound on one structure. */
export const encodedHandoversSchema = list(blob(HANDOVER_SIZE_BYTES_MAX), HANDOVERS_MAX)

export const encodeHandover = (handover: Handover): Uint8Array => encode(handoverSchema, handover)

export const decodeHandover = (data: Uint8Array): Result<Handover> =>
  decode(handoverSchema, data, HANDOVER_SIZE_BYTES_MAX)

/** All handovers of a network as bytes, for files and answers. */
export const encodeHandovers = (handovers: readonly Handover[]): Uint8Array =>
  encode(encodedHandoversSchema, handovers.map(encodeHandover))

export const decodeHandovers = (data: Uint8Array): Result<readonly Handover[]> => {
  const list = decode(encodedHandoversSchema, data, HANDOVERS_SIZE_BYTES_MAX)
  if (!list.ok) return list
  const handovers: Handover[] = []
  for (const bytes of list.value) {
    const handover = decodeHandover(bytes)
    if (!handover.ok) return handover
    handovers.push(handover.value)
  }
  return ok(handovers)
}

/** The validators from one height on. */
export interface Era {
  readonly fromHeight: number
  readonly validators: ValidatorSet
}

const firstEra = (genesisSet: ValidatorSet): Era => ({ fromHeight: 1, validators: genesisSet })

const isHandover = ({ header, validators }: Handover): boolean => {
  const next = validatorSetHash(validators)
  return equalBytes(header.nextValidatorSetHash, next) && !equalBytes(header.validatorSetHash, next)
}

/** The era that `handover` begins after `last`; `proof.handover` when it does not follow. */
export const followHandover = (
  last: Era,
  handover: Handover,
  networkId: Uint8Array,
  verifier: SignatureVerifier,
): Result<Era> => {
  const { header, certificate, validators } = handover
  const follows =
    header.height >= last.fromHeight &&
    isHandover(handover) &&
    validateCommittedHeader(header, certificate, networkId, last.validators, verifier).ok
  return follows
    ? ok({ fromHeight: header.height + 1, validators })
    : refuse('proof.handover', 'The changes of the validator set do not follow from the genesis document.')
}

/**
 * Who the validators were at each height: from the set of the genesis document on, each set vouched for by a quorum
 * of the one before it (ledger B4). `proof.handover` when one of them does not follow. A list with changes left
 * out at its end is no lie by itself: headers of later heights do not fit its last set.
 */
export const followHandovers = (
  genesisSet: ValidatorSet,
  networkId: Uint8Array,
  handovers: readonly Handover[],
  verifier: SignatureVerifier,
): Result<readonly Era[]> => {
  const eras = [firstEra(genesisSet)]
  for (const handover of handovers) {
    const era = followHandover(eras.at(-1) as Era, handover, networkId, verifier)
    if (!era.ok) return era
    eras.push(era.value)
  }
  return ok(eras)
}

/** The set that decides the block of `height`. `eras` are those of `followHandovers`. */
export const validatorsAt = (eras: readonly Era[], height: number): ValidatorSet => {
  const era = eras.findLast(({ fromHeight }) => fromHeight <= height) ?? eras[0]
  return era?.validators ?? []
}
