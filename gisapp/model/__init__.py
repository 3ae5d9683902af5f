"""The nouns: frozen data that every other floor talks about (数据模型)."""
