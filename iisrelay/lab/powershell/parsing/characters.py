"""Which characters are blanks, quotes, dashes and ends of words, as pieces of regular expressions."""

SINGLE_QUOTES = "'\u2018\u2019\u201a\u201b"
DOUBLE_QUOTES = '"\u201c\u201d\u201e'
DASHES = "-\u2013\u2014\u2015"
BLANKS = " \t\v\f\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"

# What ends a word of argument mode wherever it stands.
BREAKS = BLANKS + "\r\n&(),;{}|<>\0"
# What may follow a number in an expression, besides.
AFTER_NUMBER = BREAKS + r"!#%*+./=\]" + DASHES.replace("-", r"\-")

ESCAPES = {"0": "\0", "a": "\a", "b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v"}
