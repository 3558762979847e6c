import type { Refusal } from '@medchain/core'
import { statusOfCode } from './status-of-code.ts'

/** Ends a request with problem details; thrown by routes, caught by the server's error handler. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly code: string
  readonly status: number

  constructor(code: string, message: string, status = statusOfCode(code)) {
    super(message)
    this.code = code
    this.status = status
  }
}

export const apiErrorFrom = ({ code, message }: Refusal): ApiError => new ApiError(code, message)
