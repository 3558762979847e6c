import { hashTagged, taggedMessage } from '../../crypto/hash.ts'
import { bytes, encode, exactly, struct, uint, word } from '../../encoding/index.ts'
import { table } from '../../state/table.ts'
import { EMERGENCY_REASONS, type EmergencyReason } from './tables.ts'

/** What two clinicians of one institution sign while the chain stands still (BG11). */
export interface HaltedDeclaration {
  readonly version: number
  readonly networkId: Uint8Array
  readonly declarer: Uint8Array
  readonly coSigner: Uint8Array
  readonly chart: Uint8Array
  /** 16 random bytes. */
  readonly nonce: Uint8Array
  readonly reason: EmergencyReason
  readonly detailsDigest: Uint8Array
  /** How long it opens the chart, from `timeMs` on. */
  readonly durationMs: number
  /** The last block that the declarer knew. */
  readonly height: number
  /** The declarer's wall clock, in milliseconds since 1970. */
  readonly timeMs: number
}

export const haltedDeclarationSchema = struct<HaltedDeclaration>({
  version: exactly(1),
  networkId: bytes(32),
  declarer: bytes(32),
  coSigner: bytes(32),
  chart: bytes(32),
  nonce: bytes(16),
  reason: word(EMERGENCY_REASONS),
  detailsDigest: bytes(32),
  durationMs: uint(),
  height: uint(),
  timeMs: uint(),
})

/** A signature with the key that made it: a rotation may come before the declaration is anchored. */
export interface DeclarationSignature {
  readonly signingKey: Uint8Array
  readonly signature: Uint8Array
}

export const declarationSignatureSchema = struct<DeclarationSignature>({
  signingKey: bytes(32),
  signature: bytes(64),
})

export interface SignedHaltedDeclaration {
  readonly declaration: HaltedDeclaration
  readonly byDeclarer: DeclarationSignature
  readonly byCoSigner: DeclarationSignature
}

export const signedHaltedDeclarationSchema = struct<SignedHaltedDeclaration>({
  declaration: haltedDeclarationSchema,
  byDeclarer: declarationSignatureSchema,
  byCoSigner: declarationSignatureSchema,
})

/** What both of them sign. */
export const haltedDeclarationMessage = (declaration: HaltedDeclaration): Uint8Array =>
  taggedMessage('medchain/halted-emergency/1', encode(haltedDeclarationSchema, declaration))

/**
 * The id under which it stands on the chain afterwards, 32 bytes. It commits to everything that was declared, so that no
 * other declaration can take its place there.
 */
export const haltedDeclarationId = (declaration: HaltedDeclaration): Uint8Array =>
  hashTagged('medchain/halted-emergency-id/1', encode(haltedDeclarationSchema, declaration))

/** Who brought a declaration of a halt onto the chain, and where it says that the chain stood. */
export interface AnchoredDeclaration {
  readonly by: Uint8Array
  /** The last block that the declarer knew. */
  readonly declaredHeight: number
  readonly declaredMs: number
  /** Of the block that anchored it. */
  readonly height: number
  readonly timeMs: number
}

/** By id of the emergency; only those that were declared while the chain stood still have an entry. */
export const anchoredDeclarations = table(
  'emergency.anchored',
  struct<AnchoredDeclaration>({
    by: bytes(32),
    declaredHeight: uint(),
    declaredMs: uint(),
    height: uint(),
    timeMs: uint(),
  }),
)
