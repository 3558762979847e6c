import { COMPARTMENTS, type Compartment } from '../access/compartments.ts'
import { hashTagged, taggedMessage } from '../crypto/hash.ts'
import { bytes, encode, struct, text, word } from '../encoding/index.ts'

/** What is said of an emergency off the chain: at the declarer's institution and the one that registered the chart. */
export interface EmergencyDetails {
  /** 32 random bytes: nobody guesses the text from its digest. */
  readonly salt: Uint8Array
  /** 16 random bytes that the declarations of one command share. */
  readonly setId: Uint8Array
  readonly person: Uint8Array
  readonly compartment: Compartment
  readonly text: string
  /** Where the patient is, as the declarer says. */
  readonly site: string
}

export const emergencyDetailsSchema = struct<EmergencyDetails>({
  salt: bytes(32),
  setId: bytes(16),
  person: bytes(32),
  compartment: word(COMPARTMENTS),
  text: text(4000),
  site: text(256),
})

/** What the declaration commits to, 32 bytes. */
export const emergencyDetailsDigest = (details: EmergencyDetails): Uint8Array =>
  hashTagged('medchain/emergency-details/1', encode(emergencyDetailsSchema, details))

/** An institution's word that it keeps text and site of an emergency. */
export interface FiledNote {
  readonly institution: Uint8Array
  readonly signature: Uint8Array
}

export const filedNoteSchema = struct<FiledNote>({ institution: bytes(32), signature: bytes(64) })

/** What that institution signs. */
export const filedMessage = (networkId: Uint8Array, emergency: Uint8Array): Uint8Array =>
  taggedMessage('medchain/emergency-filed/1', networkId, emergency)
