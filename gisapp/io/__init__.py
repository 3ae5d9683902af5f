"""Files in and out (文件读写): YAML with line numbers, vector and raster layers, tables."""
