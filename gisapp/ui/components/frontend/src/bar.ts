import './bar-element'
import { type ComponentArgs, mount } from './mount'

/** Entry of the `bar` component. */
export default (args: ComponentArgs): (() => void) => mount(args, 'gis-bar')
