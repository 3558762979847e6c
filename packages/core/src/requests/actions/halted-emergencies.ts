import {
  type DeclarationSignature,
  declarationSignatureSchema,
  type HaltedDeclaration,
  haltedDeclarationSchema,
  signedHaltedDeclarationSchema,
} from '../../contracts/emergency/halted.ts'
import { bool, list, optional, struct } from '../../encoding/index.ts'
import { type EmergencyDetails, emergencyDetailsSchema } from '../emergency-details.ts'
import { action, EMPTY_SCHEMA, idSchema as id } from './action.ts'

export const HALTED_LISTED_MAX = 400

/** A declaration in a halt that waits for its co-signer, with text and site. Actor: the declarer, at the own institution (BG11). */
export const emergencyDeclareHalted = action(
  'emergency.declare-halted',
  struct<{
    readonly declaration: HaltedDeclaration
    readonly byDeclarer: DeclarationSignature
    readonly details: EmergencyDetails
  }>({
    declaration: haltedDeclarationSchema,
    byDeclarer: declarationSignatureSchema,
    details: emergencyDetailsSchema,
  }),
  EMPTY_SCHEMA,
)

/** A declaration in a halt with both signatures. Actor: declarer or co-signer, at any node that is to act on it (BG12). */
export const emergencyKeepHalted = action(
  'emergency.keep-halted',
  signedHaltedDeclarationSchema,
  EMPTY_SCHEMA,
)

/** Ends a declaration in a halt at the node that is asked. Actor: the declarer or the chart (BG12). */
export const emergencyCloseHalted = action(
  'emergency.close-halted',
  struct<{ readonly id: Uint8Array }>({ id }),
  EMPTY_SCHEMA,
)

/** A declaration that the node knows and the chain does not have. */
export interface KnownHaltedDeclaration {
  readonly declaration: HaltedDeclaration
  readonly byDeclarer: DeclarationSignature
  /** None while it waits for its co-signer. */
  readonly byCoSigner: DeclarationSignature | undefined
  readonly isClosed: boolean
}

export const knownHaltedDeclarationSchema = struct<KnownHaltedDeclaration>({
  declaration: haltedDeclarationSchema,
  byDeclarer: declarationSignatureSchema,
  byCoSigner: optional(declarationSignatureSchema),
  isClosed: bool,
})

/** What the node knows of declarations in which the actor has a part and which the chain does not have. */
export const emergencyHalted = action(
  'emergency.halted',
  EMPTY_SCHEMA,
  list(knownHaltedDeclarationSchema, HALTED_LISTED_MAX),
)
