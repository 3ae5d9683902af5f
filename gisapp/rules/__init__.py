"""Rules as data (规则): loaded and checked with their clauses, then judged on columns of measured values."""
