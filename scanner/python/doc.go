// Package python reads Python source text: a lexer, a compact typed syntax tree and a recovering parser for
// Python 3.8 to 3.15. It never panics on hostile input, never executes anything, and reports what it could not read
// instead of giving up: a broken line costs that line, not the file.
package python
