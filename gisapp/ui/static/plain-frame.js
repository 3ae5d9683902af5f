// Around the read-only map: shows folium's page in a frame that may run scripts and do nothing else.
const mounted = new WeakMap()
const FOUND = 'gisapp:found'

export default function ({ parentElement, data, setTriggerValue }) {
  const me = mounted.get(parentElement) ?? make(parentElement)
  me.trigger = setTriggerValue
  me.selection = data.selection
  me.frame.title = data.title
  if (me.page !== data.page) {
    me.page = data.page
    me.frame.srcdoc = data.page
  } else me.tell()
  return () => me.remove()
}

function make(parent) {
  const frame = document.createElement('iframe')
  frame.setAttribute('sandbox', 'allow-scripts')
  parent.appendChild(frame)
  const me = { frame, page: null, selection: null, trigger: null }
  me.tell = () => frame.contentWindow?.postMessage({ gisapp: 'select', value: me.selection }, '*')
  const heard = ({ source, data }) => {
    if (source !== frame.contentWindow || typeof data?.gisapp !== 'string') return
    if (data.gisapp === 'ready') me.tell()
    if (data.gisapp === 'pick') {
      me.selection = String(data.value)
      me.trigger('pick', me.selection)
    }
    if (data.gisapp === 'view') me.trigger('view', data.value)
  }
  // What the search box finds: the desk's own map would have taken it.
  const found = (event) => {
    event.preventDefault()
    const { parcel_id, lon, lat } = event.detail
    if (parcel_id) {
      me.selection = String(parcel_id)
      me.tell()
      me.trigger('pick', me.selection)
    } else me.trigger('view', { lon, lat, zoom: 15 })
  }
  window.addEventListener('message', heard)
  window.addEventListener(FOUND, found)
  me.remove = () => {
    window.removeEventListener('message', heard)
    window.removeEventListener(FOUND, found)
    frame.remove()
    mounted.delete(parent)
  }
  mounted.set(parent, me)
  return me
}
