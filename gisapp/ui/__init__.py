"""The pages (界面): read widgets, call one verb, show."""
