"""One module a page (页面): widgets, one verb of the app, and what it answers."""
