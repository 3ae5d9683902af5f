import type { DeskHost, Part } from '../parts'
import { EditPart } from './part'

/** Editing of parcels on the desk. */
export const edit = (desk: DeskHost): Part => new EditPart(desk)
