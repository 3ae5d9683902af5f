import type { DeskHost, Part } from '../parts'
import { Review } from './part'

/** History, as-of, lineage, differences, schemes, balance and imagery. */
export const review = (desk: DeskHost): Part => new Review(desk)
