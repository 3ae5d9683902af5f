// Inside the read-only map: what folium's page calls, and the talk with the page around it.
// Texts from data are only ever set as text, never as markup.
var gisappPlain = (function () {
  'use strict'
  var AMBER = '#e6a817'
  var layers = {}
  var marked = null
  var map = null
  var said = {}

  function tell(kind, value) {
    window.parent.postMessage({ gisapp: kind, value: value }, '*')
  }

  function note(text, className) {
    var box = document.createElement('div')
    box.textContent = text
    if (className) box.className = className
    return box
  }

  function parcel(feature, layer) {
    var id = feature.properties.id
    layers[id] = layer
    layer.bindTooltip(note(feature.properties.title), { sticky: true, direction: 'top', className: 'hover' })
    layer.on('click', function () {
      mark(id, false)
      tell('pick', id)
    })
  }

  function named(feature, layer) {
    var text = feature.properties.title
    if (text) layer.bindTooltip(note(text), { permanent: true, direction: 'right', offset: [4, 0], className: 'name' })
  }

  function mark(id, near) {
    if (marked) marked.setStyle(marked.feature.properties.style)
    marked = layers[id] || null
    if (!marked) return
    marked.setStyle({ color: AMBER, weight: 3, opacity: 1, fillOpacity: 0.85 })
    marked.bringToFront()
    if (near && !map.getBounds().contains(marked.getBounds())) map.panTo(marked.getBounds().getCenter())
  }

  /** A button that brings the parcels around the middle of the view. */
  function offerHere() {
    var control = L.control({ position: 'topright' })
    control.onAdd = function () {
      var button = note(said.here, 'here')
      button.setAttribute('role', 'button')
      button.tabIndex = 0
      L.DomEvent.disableClickPropagation(button)
      function ask() {
        var at = map.getCenter()
        tell('view', { lon: at.lng, lat: at.lat, zoom: map.getZoom() })
      }
      L.DomEvent.on(button, 'click', ask)
      L.DomEvent.on(button, 'keydown', function (event) {
        if (event.key === 'Enter' || event.key === ' ') ask()
      })
      return button
    }
    control.addTo(map)
  }

  /** From afar names would lie on one another. */
  function crowd() {
    map.getContainer().classList.toggle('far', map.getZoom() < 12)
  }

  function style(feature) {
    return feature.properties.style
  }

  /** Fill folium's empty layers from the JSON in the page, and start to listen. */
  function begin(made, drawn) {
    var told = JSON.parse(document.getElementById('gisapp-data').textContent)
    map = made
    said = told.texts
    if (told.fit) map.fitBounds(told.fit, { animate: false })
    drawn.forEach(function (layer, i) { layer.addData(told.layers[i]) })
    window.addEventListener('message', function (event) {
      if (event.source !== window.parent || !event.data || event.data.gisapp !== 'select') return
      mark(event.data.value, true)
    })
    L.control.scale({ imperial: false }).addTo(map)
    map.on('zoomend', crowd)
    crowd()
    if (told.partial) offerHere()
    tell('ready', null)
  }

  return { style: style, parcel: parcel, named: named, begin: begin }
})()
