import './desk-element'
import { type ComponentArgs, mount } from './mount'

/** Entry of the `desk` component. */
export default (args: ComponentArgs): (() => void) => mount(args, 'gis-desk')
