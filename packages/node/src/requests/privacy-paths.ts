import path from 'node:path'
import type { NodePaths } from '../config/index.ts'

/** Where the privacy side of a node keeps what. */
export const privacyPaths = ({ vault, audit, keys }: NodePaths) => ({
  store: path.join(vault, 'store'),
  /** Outboxes and uploads. */
  folder: vault,
  audit,
  /** Hashes of one-time enrolment tokens. */
  invites: path.join(keys, 'invites'),
})
