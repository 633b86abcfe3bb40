// Package program knows what every name of a Python project means: modules and packages, imports and re-exports,
// scopes, classes with their bases and generics, functions, and the qualified name behind an expression.
//
// It answers with an honest Unknown where the source does not tell.
package program
