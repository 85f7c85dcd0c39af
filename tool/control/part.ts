/** What several parts of the control protocol have: names, numbers, times. */
import { z } from 'zod'
import { STATES } from './word.ts'

export const vm = z.string().min(1).max(31).describe("A VM's name")
export const count = z.int().min(0)
export const state = z.enum(STATES)
/** Registers and addresses do not fit JSON's numbers. */
export const word = z.string().regex(/^0x[0-9a-f]{1,16}$/)
export const ms = count.describe("Milliseconds of the board's counter")
export const sequence = count.describe('Grows by one with each event; a gap says that events found no room')
export const version = z.literal('2.0')
