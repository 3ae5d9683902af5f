"""The command line (命令行): `gisapp COMMAND …`, one module a group of commands."""
