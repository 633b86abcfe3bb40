// Package program knows what every name of a Python project means: modules and packages, imports and re-exports,
// scopes, classes with their bases and generics, functions, and the qualified name behind an expression.
//
// Build reads each file once, on all processors, and links the classes; names are followed when somebody asks, and the answers
// are kept. A Program can be asked by many goroutines at once.
//
// Which file an import means is told by the tree and by the imports themselves: a module is known under every tail of its path,
// folders that some import uses as packages are no import roots, and the root nearest to the importing file wins.
//
// It answers with an honest Unknown where the source does not tell.
package program
