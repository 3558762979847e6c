import { COMPARTMENTS, type Compartment } from '../access/compartments.ts'
import { hashTagged } from '../crypto/hash.ts'
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
