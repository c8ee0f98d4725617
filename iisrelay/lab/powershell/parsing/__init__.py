"""The parser's grammar: each module adds one concern to the one below it, from the reader to whole scripts."""
