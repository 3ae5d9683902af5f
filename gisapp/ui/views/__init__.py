"""One module a page (页面): widgets, one verb of the app, and what it answers.

Not called `pages`: a folder of that name beside the start script would be Streamlit's own page list.
"""
